// Starts GOV.UK Frontend's components. Every page works without them.
import { initAll } from "./govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

// Files that the server would cut off are named before they are sent: the words typed beside them
// would be lost.
for (const input of document.querySelectorAll("input[type=file][data-most-each]")) {
  const said = document.createElement("p");
  said.className = "govuk-error-message";
  said.setAttribute("role", "alert");
  input.addEventListener("change", () => {
    const { mostEach, mostTogether, tooLarge } = input.dataset;
    const sizes = Array.from(input.files, (file) => file.size);
    const together = sizes.reduce((sum, size) => sum + size, 0);
    const isTooMuch = together > Number(mostTogether) || Math.max(0, ...sizes) > Number(mostEach);
    said.remove();
    if (!isTooMuch) return;
    input.value = "";
    said.textContent = tooLarge;
    input.before(said);
  });
}
