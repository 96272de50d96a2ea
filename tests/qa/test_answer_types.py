"""Which kind of answer a question wants, and the words of a sentence that are of it."""

import time

import pytest

from qa.answer_types import AnswerType, answering, asked_for

QUESTIONS = {
    AnswerType.PERSON: [
        "Who runs PDVSA?",
        "Whose car was towed away?",
        "Which president spoke?",
        "Do you know who did it?",
        "Who was told to purge the army, and where?",
    ],
    AnswerType.PLACE: [
        "Where did Pompeo and Lavrov meet in May?",
        "In which city did they meet?",
        "On which bridge did the aid trucks burn?",
        "Which countries host migrants?",
    ],
    AnswerType.DATE: [
        "When did the great blackout begin?",
        "In which year was the battle of Carabobo won?",
        "On what date was it signed?",
        "When and where did they meet?",
        "What is Citgo and when did it begin?",
    ],
    AnswerType.NUMBER: [
        "How many migrants reach Colombia each day?",
        "What is the population of Peru?",
        "How old is Maduro?",
        "How far is it to Pamplona?",
        "How much water do they drink?",
        "How much did the river rise in feet?",
        "How much is left?",
    ],
    AnswerType.AMOUNT: [
        "How much did Canada pledge?",
        "What does insulin cost, and how expensive is bread?",
        "What was the total cost?",
        "What is the rent of a full plot?",
        "How much does an hour of work outside the hours of Schedule A cost?",
        "What is the minimum wage in Venezuela?",
        "How much is a bottle of water?",
        "How much is the rent?",
    ],
    AnswerType.SHARE: [
        "What percentage of the vote did he win?",
        "What were the gross profit margins in 2018?",
        "What share of the vote did he win?",
        "How many percent came?",
        "What is the unemployment rate?",
    ],
    AnswerType.DURATION: [
        "How much notice must be given?",
        "How long may you stay with a TMF card?",
        "For how many days is the card valid?",
        "What is the notice period?",
        "How quickly must faults be answered?",
        "Within how many minutes must they leave?",
        "For how long was he barred from public office?",
    ],
    AnswerType.REASON: ["Why did the talks fail?", "What caused the blackout?", "What is the reason for the delay?"],
    AnswerType.OPEN: [
        "What are the payment terms?",
        "Which payment methods are not accepted?",
        "What does the premium plan include?",
        "What is the rent due date?",
        "What is Citgo?",
        "Is it true?",
        "How does it work?",
        "Tell me about PDVSA",
        "What does the WHO say?",
        "What happened in 2018?",
        "What happens if nobody pays the rent?",
        "What happens when nobody pays the rent?",
        "When nobody pays the rent, what happens?",
        "What present day county is it in?",
        "What time zone is it in?",
        "",
    ],
}

SENTENCES = [
    (AnswerType.NUMBER, "About 2,500 more arrive daily.", ["2,500"]),
    (AnswerType.NUMBER, "Colombia hosts 1.3 million migrants.", ["1.3 million"]),
    (AnswerType.NUMBER, "F16 and B2B carried twenty-one people.", ["twenty-one"]),
    (AnswerType.NUMBER, "The tenth of them waits often; nobody came.", []),
    (AnswerType.NUMBER, "Five hundred thousand, a hundred, half.", ["Five hundred thousand", "a hundred", "half"]),
    (AnswerType.NUMBER, "12 of 1\u202f000 walked.", ["12", "1\u202f000"]),
    (AnswerType.AMOUNT, "Canada pledged $40 million and €1,200.50.", ["$40 million", "€1,200.50"]),
    (AnswerType.AMOUNT, "It cost US$5bn, or USD 300.", ["US$5bn", "USD 300"]),
    (AnswerType.AMOUNT, "They charge 5,000 to 30,000 pesos.", ["30,000 pesos"]),
    (AnswerType.AMOUNT, "Norway,12", ["12"]),
    (AnswerType.SHARE, "He won 67.8 percent, or 67.8 per cent, or 67.8%.", ["67.8 percent", "67.8 per cent", "67.8%"]),
    (AnswerType.SHARE, "Two thirds left; one in three stayed, half ill.", ["Two thirds", "one in three", "half"]),
    (AnswerType.SHARE, "share: 12", ["12"]),
    (AnswerType.DURATION, "Barred for 15 years, he got a 10-year ban.", ["15 years", "10-year"]),
    (AnswerType.DURATION, "It takes an hour, or seven days.", ["an hour", "seven days"]),
    (AnswerType.DURATION, "The frontier is 2,219 km long.", []),
    (AnswerType.DATE, "It came on 20 August 2018.", ["20 August 2018"]),
    (AnswerType.DATE, "May 1, 2019 or 1 May or 2019-05-01 or 1/5/19", ["May 1, 2019", "1 May", "2019-05-01", "1/5/19"]),
    (AnswerType.DATE, "In March they may march; May left in May.", ["March", "May"]),
    (AnswerType.DATE, "He has served since October 2014.", ["October 2014"]),
    (AnswerType.DATE, "2500 people came to A1999 in the 1990s, in 2018-19.", ["1990s", "2018-19"]),
    (AnswerType.DATE, "On Tuesday, in the nineteenth century, in 44 BC.", ["Tuesday", "nineteenth century", "44 BC"]),
    (AnswerType.PERSON, "The general Vladimir Padrino López spoke.", ["Vladimir Padrino López"]),
    (AnswerType.PERSON, "But then Élodie O'Brien-Smith left with Charles de Gaulle.",
     ["Élodie O'Brien-Smith", "Charles de Gaulle"]),
    (AnswerType.PERSON, "Speaking in Carabobo, Nicolas Maduro told them.", ["Carabobo", "Nicolas Maduro"]),
    (AnswerType.PERSON, "Reed told them.", ["Reed"]),
    (AnswerType.PERSON, "Apologies were sent by Reed.", ["Reed"]),
    *[(AnswerType.PERSON, opening, []) for opening in ("Otherwise you pay.", "Category: film", "Version 1", "Once")],
    (AnswerType.PERSON, "Somewhere around then, Reed left.", ["Reed"]),
    (AnswerType.NUMBER, "In May 2019 about 1500 soldiers left, since 2018.", ["1500"]),
    (AnswerType.AMOUNT, "Canada,40,2019/02/04", ["40"]),
    (AnswerType.NUMBER, "4.2 Under clauses 8.1, 8.2 and 8.3 it is 12.\n\n4.3 See § 9.", ["12"]),
    (AnswerType.NUMBER, "3. Twelve wait.", ["Twelve"]),
    (AnswerType.NUMBER, "Grant 2020/117 paid for 12 of them.", ["12"]),
    (AnswerType.NUMBER, "She scored 85/100.", ["85", "100"]),
    (AnswerType.NUMBER, "1.3 million of them walk; 8. is the rest.", ["1.3 million", "8"]),
    (AnswerType.NUMBER, "ST-001,Gas stove,one size,42.00,140,Pyra,7,no", ["42.00", "140", "7"]),
    (AnswerType.NUMBER, 'Peru,506000,768000,"1,200",no', ["506000", "768000", "1,200"]),
    (AnswerType.NUMBER, "In the spring of 2018, a one-off and the last one, no one of 2019.", []),
    (AnswerType.NUMBER, "One dog, of 1,200 in F-16s.", ["One", "1,200"]),
    (AnswerType.AMOUNT, "2018-12,1148,total", ["1148"]),
    (AnswerType.AMOUNT, "Of 380,000 kronor for 1,200 people the chain makes up 55,000.", ["380,000 kronor", "55,000"]),
    (AnswerType.AMOUNT, "Mileage is 45 pence.", ["45 pence"]),
    (AnswerType.DATE, "On Fridays at 21:05 or 9 a.m. or noon.", ["Fridays", "21:05", "9 a.m", "noon"]),
    (AnswerType.DATE, "Within a week, within five working days.", ["within five working days"]),
    (AnswerType.DATE, "Paid on the 25th of the month.", ["25th of the month"]),
    (AnswerType.DURATION, "It is 30 working days.", ["30 working days"]),
    (AnswerType.AMOUNT, "Two large donors.", []),
    (AnswerType.AMOUNT, "Beds in shelters: Cucuta has 1,100 and needs at least 3,000.", []),
    (AnswerType.AMOUNT, "Beds: 3,000", ["3,000"]),
    (AnswerType.AMOUNT, "Tents | 3,000 | as of May.", ["3,000"]),
    (AnswerType.AMOUNT, "It costs 3,000, or half.", ["3,000"]),
    (AnswerType.AMOUNT, "It has 3,000 and they are free of charge.", ["are free"]),
    (AnswerType.AMOUNT, "The shelter has 800 beds and 12 nurses, since 2018.", []),
    (AnswerType.AMOUNT, "It was the mudslide of 1999 that destroyed much, with a 12-month loan for 90 people.", []),
    (AnswerType.AMOUNT, "Tents | 1999 | 1950", ["1999", "1950"]),
    (AnswerType.AMOUNT, "The deposit is 1500, the rent CHF 1200 per month.", ["1500", "1200"]),
    (AnswerType.AMOUNT, "It rose to 45.2 million compared with 41 million in 2018.", ["45.2 million", "41 million"]),
    (AnswerType.AMOUNT, "Costs were 812 last year, 700 plus VAT and 90 dirhams.", ["812", "700", "90"]),
    (AnswerType.AMOUNT, "Parking is free, there is no charge, and he is free to go.", ["is free", "no charge"]),
    (AnswerType.DURATION, "Every quarter, weekly, or twice a year.", ["Every quarter", "weekly", "twice a year"]),
    (AnswerType.SHARE, "The margin was 12.5 in 2018.", ["12.5"]),
    (AnswerType.AMOUNT, "It is 800 a night, 900 in all and 70 million.", ["800", "900", "70 million"]),
    (AnswerType.SHARE, "There are 500 inhabitants, and 30 of them vote.", ["30"]),
    (AnswerType.SHARE, "Mileage is 45 pence.", ["45"]),
    (AnswerType.PERSON, "When he came, it was late. The The A", []),
    (AnswerType.PLACE, "In Rome and at the Tienditas bridge.", ["Rome", "Tienditas"]),
    (AnswerType.PLACE, "They met in the city of New York.", ["the city of New York"]),
    (AnswerType.PLACE, "He left the United States for good, on Monday in May.", []),
    (AnswerType.REASON, "It failed because the fire cut the line; then it rained.", ["because the fire cut the line"]),
    (AnswerType.REASON, "They left to avoid hunger.", ["to avoid hunger"]),
    (AnswerType.OPEN, "Maduro spoke in Caracas on 1 May 2019.", []),
    *[(kind, "", []) for kind in AnswerType],
]  # fmt: skip


def words(kind, sentence, question="?"):
    return [sentence[start:end] for start, end in answering(kind, sentence, question)]


@pytest.mark.parametrize(("kind", "question"), [(kind, q) for kind, questions in QUESTIONS.items() for q in questions])
def test_what_a_question_asks_for(kind, question):
    assert asked_for(question) == kind


@pytest.mark.parametrize(("kind", "sentence", "expected"), SENTENCES)
def test_the_words_that_answer(kind, sentence, expected):
    assert words(kind, sentence) == expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("How many of the 1.3 million came in 2018?", "In 2018, 1.3 million came, 500 of them by boat.", ["500"]),
        ("When in 2018 did it come?", "In 2018 it came, in June 2018.", ["June 2018"]),
        ("Who stood beside Guaido?", "Leopoldo stood beside Juan Guaido.", ["Leopoldo"]),
        ("Who owns the Vallin dam?", "The Vallin Water Board owns the Vallin Dam.", ["Vallin Water Board"]),
        ("Who directs Marlow & Finch?", "Gwen Lee, for Marlow, met Finch.", ["Gwen Lee"]),
        ("Who founded the Finch Fund?", "Maria Finch did.", ["Maria Finch"]),
        ("Who sold Smart Projects?", "Lee sold Smart Projects Ltd.", ["Lee"]),
        ("Who is the prime minister of Peru?", "In Peru, Prime Minister Ann Lee spoke.", ["Ann Lee"]),
        ("Where in Colombia do they meet?", "They meet in Cucuta in Colombia.", ["Cucuta"]),
        ("How much did the 40 donors give?", "The 40 donors gave $40.", []),
        ("When did it begin?", "Money\nRevised in May 2019", []),
        ("When was the paper revised?", "Money\nRevised in May 2019", ["May 2019"]),
        ("When did it begin?", "Version of 2024. It began in 2019.", ["2019"]),
        ("Why because of hunger?", "They left because of hunger.", ["because of hunger"]),
    ],
)
def test_what_the_question_says_itself_is_no_answer(question, sentence, expected):
    assert words(asked_for(question), sentence, question) == expected


def test_a_sum_with_its_currency_goes_before_bare_numbers():
    assert words(AnswerType.AMOUNT, "In 2018 all 50 gave $3.") == ["$3"]
    assert words(AnswerType.AMOUNT, "In all it cost 50.") == ["50"]


HOSTILE = [
    "x",
    "A ",
    "A.",
    "The ",
    "A of the ",
    "1,",
    "1,.",
    "1/2/",
    "$1",
    "USD ",
    "one hundred ",
    "teenth",
    "because ",
    "and when ",
    "Revised by A ",
]
HOSTILE += ["in the ", "in the city of ", "what is the ", "how much ", "half a ", "May ", "日", "\n", "’", "–18"]


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_takes_linear_time(unit):
    text = unit * (200_000 // len(unit)) + "is"
    begun = time.perf_counter()
    asked_for(text)
    for kind in AnswerType:
        spans = answering(kind, text, "Who?")
        assert all(0 <= start < end <= len(text) for start, end in spans)
    assert time.perf_counter() - begun < 20  # about 1 s on a busy machine
