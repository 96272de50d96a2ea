// A page that stays open while its session ends (it was not used for long, or Footnote was started anew) says so.
(() => {
  const fetchOf = window.fetch;
  window.fetch = async (...request) => {
    const response = await fetchOf.apply(window, request);
    if (response.status === 401 && new URL(response.url, location.href).origin === location.origin) tell();
    return response;
  };
  const tell = () => {
    if (document.querySelector(".fn-signed-out")) return;
    const notice = document.createElement("p");
    notice.className = "fn-signed-out";
    notice.setAttribute("role", "alert");
    const again = document.createElement("a");
    again.href = location.href.split("#")[0];
    again.textContent = "Sign in again";
    notice.append("You are signed out. ", again);
    document.querySelector(".gradio-container").append(notice);
  };
})();
