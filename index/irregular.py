"""English words whose forms no rule of a stemmer brings together: "paid" and "pay", "women" and "woman".

    FORMS["paid"] -> "pay"

A question says "When did it begin?", its answer "It began in March". Forms that are more often another word ("left",
"fed", "ground", "wound", "bound", "bit", "born", "shot", "thought", "found") are not here.
"""

from __future__ import annotations

__all__ = ["FORMS"]

_TABLE = """
arise arose arisen | awake awoke awoken | bear bore borne | beat beaten | become became | befall befell befallen
| begin began begun | bend bent | bite bitten | bleed bled | blow blew blown | break broke broken | breed bred
| bring brought | build built | burn burnt | buy bought | catch caught | choose chose chosen | cling clung | come came
| creep crept | deal dealt | dig dug | draw drew drawn | dream dreamt | drink drank | drive drove driven | dwell dwelt
| eat ate eaten | fall fell fallen | feel felt | fight fought | flee fled | fling flung | fly flew flown
| forbid forbade forbidden | foresee foresaw foreseen | foretell foretold | forget forgot forgotten
| forgive forgave forgiven | forgo forgone | freeze froze frozen | get got gotten | give gave given | go went gone
| grow grew grown | hang hung | hear heard | hide hid hidden | hold held | keep kept | kneel knelt | know knew known
| lay laid | lead led | leap leapt | learn learnt | lend lent | light lit | lose lost | make made | mean meant
| meet met | mislead misled | mistake mistook mistaken | misunderstand misunderstood | outgrow outgrew outgrown
| overcome overcame | overdraw overdrew overdrawn | overpay overpaid | override overrode overridden
| oversee oversaw overseen | overspend overspent | overtake overtook overtaken | overthrow overthrew overthrown
| overwrite overwrote overwritten | pay paid | prepay prepaid | prove proven | rebuild rebuilt | redo redone
| repay repaid | resell resold | rewrite rewrote rewritten | ride rode ridden | ring rang | rise rose risen | run ran
| say said | see saw seen | seek sought | sell sold | send sent | sew sewn | shake shook shaken | shine shone
| show shown | shrink shrank shrunk | sing sang sung | sink sank sunk | sit sat | slay slain | sleep slept
| slide slid | sow sown | speak spoke spoken | speed sped | spell spelt | spend spent | spill spilt | spin spun
| spoil spoilt | spring sprang sprung | stand stood | steal stole stolen | stick stuck | sting stung
| stink stank stunk | strike struck stricken | strive strove striven | swear swore sworn | sweep swept | swell swollen
| swim swam swum | swing swung | take took taken | teach taught | tear tore torn | tell told | throw threw thrown
| undergo underwent undergone | underpay underpaid | understand understood | undertake undertook undertaken
| underwrite underwrote underwritten | undo undone | uphold upheld | wake woke woken | wear wore worn
| weave wove woven | weep wept | win won | withdraw withdrew withdrawn | withhold withheld | withstand withstood
| write wrote written
| addendum addenda | analysis analyses | appendix appendices | bacterium bacteria | businessman businessmen
| chairman chairmen | child children | crisis crises | criterion criteria | diagnosis diagnoses | foot feet
| goose geese | grandchild grandchildren | half halves | hypothesis hypotheses | index indices | knife knives
| man men | matrix matrices | memorandum memoranda | midwife midwives | mouse mice | nucleus nuclei
| phenomenon phenomena | policeman policemen | shelf shelves | spokesman spokesmen | thesis theses | thief thieves
| tooth teeth | vertex vertices | wife wives | wolf wolves | woman women | workman workmen
"""

FORMS = {form: words[0] for line in _TABLE.split("|") if (words := line.split()) for form in words[1:]}
"""Each form in small letters, with the word it is one of."""
