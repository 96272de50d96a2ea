// Which conversation this tab shows: "<key of the browser>:<name of the conversation>", random digits both. The key owns
// the conversations of this browser; the tab keeps its own over a reload, and a new tab begins a new one.
{
  const forgotten = {}; // where the browser keeps nothing, both last as long as the page
  const digits = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const remembered = (storage, name) => {
    try {
      return window[storage].getItem(name) || "";
    } catch {
      return forgotten[name] || "";
    }
  };
  const remember = (storage, name, value) => {
    forgotten[name] = value;
    try {
      window[storage].setItem(name, value);
    } catch {
      // said above
    }
    return value;
  };
  const kept = (storage, name) => {
    const found = remembered(storage, name);
    return /^[0-9a-f]{32}$/.test(found) ? found : remember(storage, name, digits());
  };
  const open = (name) => {
    window.footnoteUnanswered.take(); // it was asked elsewhere
    return remember("sessionStorage", "footnote-conversation", name);
  };

  window.footnoteTab = () => `${kept("localStorage", "footnote-browser")}:${kept("sessionStorage", "footnote-conversation")}`;
  window.footnoteTab.anew = () => (open(digits()), window.footnoteTab());
  window.footnoteTab.conversation = () => kept("sessionStorage", "footnote-conversation");
  window.footnoteTab.open = (name) => open(name);

  // A question that no answer came to stands in its box again when the page is loaded anew.
  window.footnoteUnanswered = (question, waits = false) => {
    remember("sessionStorage", "footnote-waits", waits ? "yes" : ""); // then it is asked again by itself
    return remember("sessionStorage", "footnote-unanswered", question);
  };
  window.footnoteUnanswered.waits = () => remembered("sessionStorage", "footnote-waits") === "yes";
  window.footnoteUnanswered.take = () => {
    const question = remembered("sessionStorage", "footnote-unanswered");
    window.footnoteUnanswered("");
    return question;
  };

  // So does what was typed and not asked.
  window.footnoteDraft = (typed) => remember("sessionStorage", "footnote-draft", typed);
  window.footnoteDraft.kept = () => remembered("sessionStorage", "footnote-draft");
}
