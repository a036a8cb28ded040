// Asks the browser for a passkey, puts its answer into the form's hidden inputs and sends the form.
// Everything that is shown stands in the page, in its language; nothing is kept here.
const form = document.querySelector("form[data-passkey]");

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

// The options come as JSON; whatever is binary in them comes as base64url.
function readable(options) {
  const found = structuredClone(options);
  found.challenge = bytes(found.challenge);
  if (found.user) found.user.id = bytes(found.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    for (const one of found[list] ?? []) one.id = bytes(one.id);
  }
  found.extensions.prf.eval.first = bytes(found.extensions.prf.eval.first);
  return found;
}

function written(credential) {
  const response = {};
  for (const part of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response });
}

const secretOf = (credential) => credential.getClientExtensionResults().prf?.results?.first;

// Some passkeys tell their secret only when they are used, and not when they are made.
async function secretOfNew(credential, options) {
  const told = secretOf(credential);
  if (told || !credential.getClientExtensionResults().prf?.enabled) return told;
  const used = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rpId: options.rp.id,
      allowCredentials: [{ type: "public-key", id: credential.rawId }],
      userVerification: "required",
      extensions: options.extensions,
    },
  });
  return secretOf(used);
}

async function ask() {
  const options = readable(JSON.parse(form.dataset.options));
  if (form.dataset.passkey === "create") {
    const made = await navigator.credentials.create({ publicKey: options });
    return [made, await secretOfNew(made, options)];
  }
  const used = await navigator.credentials.get({ publicKey: options });
  return [used, secretOf(used)];
}

if (form && window.PublicKeyCredential) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.label && !form.elements.label.value.trim()) return;
    event.preventDefault();
    const said = form.querySelector("[data-passkey-said]");
    said.textContent = "";
    try {
      const [credential, secret] = await ask();
      form.elements.credential.value = written(credential);
      form.elements.prf.value = secret ? text(secret) : "";
      form.submit();
    } catch {
      said.textContent = form.dataset.failed;
    }
  });
}
