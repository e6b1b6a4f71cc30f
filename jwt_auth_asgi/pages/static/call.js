// Calls of the API beside these pages. Tokens are in cookies; an access token is held in this page's memory alone,
// for a host whose middleware reads no cookies.
const root = new URL("../../", import.meta.url);
const OVER = new Set(["not_authenticated", "token_expired", "token_invalid"]);
let held = null;
let renewal = null;
let owner = null;

const send = async (method, path, fields) => {
  const headers = {Accept: "application/json"};
  if (fields) headers["Content-Type"] = "application/json";
  if (held) headers.Authorization = `Bearer ${held}`;
  const body = fields && JSON.stringify(fields);
  try {
    const answer = await fetch(new URL(path, root), {method, headers, body, credentials: "same-origin", cache: "no-store"});
    const found = await answer.json().catch(() => ({}));
    return {...found, ok: answer.ok, status: answer.status, wait: answer.headers.get("Retry-After"), body: found};
  } catch {
    return {ok: false, status: 0, code: "network", body: {}};
  }
};

// A login that is over begins anew by the refresh cookie; of many calls at once one asks.
export const renew = async () => {
  held = null;
  renewal ??= send("POST", "refresh", {transport: "cookies"}).finally(() => { renewal = null; });
  let answer = await renewal;
  if (answer.code === "refresh_superseded") answer = await send("POST", "refresh", {transport: "cookies"});
  held = answer.ok ? answer.access_token : null;
  return answer;
};

// What a route answers that opens a session or needs none.
export const open = async (path, fields = {}) => {
  held = null;
  const answer = await send("POST", path, {...fields, transport: "cookies"});
  if (answer.ok && answer.access_token) held = answer.access_token;
  return answer;
};

// What a route answers now, without a login anew.
export const look = (path) => send("GET", path);

export const post = (path, fields) => send("POST", path, fields);

// A refusal that ends the login leads to another; what passes leaves the page as it is, and what was typed there.
const renewed = async (method, path, fields) => {
  const answer = await send(method, path, fields);
  if (answer.ok && answer.access_token) held = answer.access_token;
  if (answer.status !== 401 || !OVER.has(answer.code)) return answer;
  const login = await renew();
  if (login.ok) return send(method, path, fields);
  if (login.status !== 401 && login.code !== "acting") return login;
  toLogin();
  return new Promise(() => {});
};

// Whose page this is, asked once. In another tab somebody else may sign in meanwhile, or an admin stop acting.
export const claim = () => {
  owner ??= renewed("GET", "me").then((user) => {
    if (!user.ok) owner = null;
    return user;
  });
  return owner;
};

const isOfOwner = (method, path) => method !== "GET" || path === "me/export";

// What a route answers to who is signed in; what is of one user is not done as another.
export const call = async (method, path, fields) => {
  if (isOfOwner(method, path)) {
    const [then, now] = [await claim(), await renewed("GET", "me")];
    if (!then.ok || !now.ok) return then.ok ? now : then;
    if (then.user_id !== now.user_id) return {ok: false, status: 409, code: "other_user", body: {}};
  }
  return renewed(method, path, fields);
};

// A file that a route answers, to who has just asked it something else; one that breaks off half way is none.
export const file = async (path) => {
  const headers = held ? {Authorization: `Bearer ${held}`} : {};
  try {
    const answer = await fetch(new URL(path, root), {headers, credentials: "same-origin", cache: "no-store"});
    if (answer.ok) return {ok: true, blob: await answer.blob()};
    return {...await answer.json().catch(() => ({})), ok: false, status: answer.status};
  } catch {
    return {ok: false, status: 0, code: "network"};
  }
};

// The address of a page below the mount point, and of one of the account, from any page of ours.
export const home = (path) => new URL(path, root).pathname;

export const page = (name) => home(`account/${name}`);

export const toLogin = () => {
  const here = location.pathname + location.search;
  location.replace(`${page("login")}?next=${encodeURIComponent(here)}`);
};

// The token of a letter's link: taken out of the address, so that no history has it.
export const linked = () => {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
};

// What else a sign-in by a provider asks for, as an answer has it; taken out of the address, too. Anybody can write
// an address: a token that is good in any browser, as a login here is answered, may be of somebody else's account.
export const begun = () => {
  const {challenge, factors = "", enrolment_token} = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!challenge && !enrolment_token) return null;
  history.replaceState(null, "", location.pathname + location.search);
  if (challenge?.startsWith("browser_challenge.")) {
    return {ok: false, code: "second_factor_required", challenge, factors: factors.split(" ")};
  }
  if (!challenge && enrolment_token.startsWith("browser_enrolment.")) {
    return {ok: false, code: "enrolment_required", enrolment_token};
  }
  return {ok: false, code: "challenge_invalid"};
};
