// Passkeys (WebAuthn level 3): what the API asks goes to the browser, what that gives goes back.
export const isThere = () => typeof PublicKeyCredential === "function" && Boolean(PublicKeyCredential.parseRequestOptionsFromJSON);

export const isConditional = async () =>
  isThere() && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());

export const create = async (options) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({publicKey})).toJSON();
};

let waiting = null;

// One request at a time: what waits in the field of the name gives way to a button.
export const get = async (options, mediation = "optional") => {
  waiting?.abort();
  const own = waiting = new AbortController();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  try {
    return (await navigator.credentials.get({publicKey, mediation, signal: own.signal})).toJSON();
  } finally {
    if (waiting === own) waiting = null;
  }
};
