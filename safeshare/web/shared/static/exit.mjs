// Leave at once: blank the page first, then go. Without this script the link itself does the same,
// only not as fast. It needs no other file, so that nothing can stop it.

const PRESSES = 3;
const FORGET_AFTER_MS = 5000;

const links = [...document.querySelectorAll("[data-exit]")];
const words = links.find((link) => link.dataset.leaving)?.dataset ?? {};
const status = document.querySelector("[data-exit-status]");
let presses = 0;
let forgetting;

function leave() {
  const away = links[0].href;
  const notice = document.createElement("p");
  notice.className = "govuk-visually-hidden";
  notice.setAttribute("role", "alert");
  notice.textContent = words.leaving ?? "";
  document.title = "…";
  document.body.replaceChildren(notice);
  // The page being left takes no place in the history of this tab.
  window.location.replace(away);
}

function say(text) {
  if (status) status.textContent = text ?? "";
}

function forget() {
  presses = 0;
  say("");
}

function countShift(event) {
  if (event.key !== "Shift") {
    forget();
    return;
  }
  if (event.repeat) return;
  presses += 1;
  clearTimeout(forgetting);
  if (presses >= PRESSES) {
    leave();
    return;
  }
  say(presses === 1 ? words.twoMore : words.oneMore);
  forgetting = setTimeout(forget, FORGET_AFTER_MS);
}

if (links.length > 0) {
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
    link.addEventListener("keydown", (event) => {
      // It looks like a button, so the space bar works as on a button.
      if (event.key === " ") {
        event.preventDefault();
        leave();
      }
    });
  }
  document.addEventListener("keydown", countShift);
  // A page kept in memory for the Back button is never shown again as it was.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
}
