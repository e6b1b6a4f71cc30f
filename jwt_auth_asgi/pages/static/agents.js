// Browsers and systems in words, by what they call themselves; the first that fits counts.
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOPiOS\/|\bOpera\b/, "Opera"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFxiOS\/|\bFirefox\//, "Firefox"],
  [/\bCriOS\/|\bHeadlessChrome\/|\bChrome\//, "Chrome"],
  [/\bVersion\/[\d.]+ .*Safari\//, "Safari"],
  [/\bcurl\//, "curl"],
  [/\bpython-(?:requests|httpx)\/|\bPython\//, "Python"],
  [/\bokhttp\//, "okhttp"],
];
const SYSTEMS = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bUbuntu\b/, "Ubuntu"],
  [/\bLinux\b/, "Linux"],
  [/\bFreeBSD\b/, "FreeBSD"],
];

const first = (table, text) => table.find(([pattern]) => pattern.test(text))?.[1];

export const inWords = (agent) => {
  const found = [first(BROWSERS, agent ?? ""), first(SYSTEMS, agent ?? "")].filter(Boolean);
  return found.join(", ");
};
