// A question before something is done: a dialog of ours, which says no where it is closed by Escape.
import {by} from "./forms.js";

export const asks = (text) => new Promise((resolve) => {
  const dialog = by("question");
  by("question-text").textContent = text;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), {once: true});
  dialog.showModal();
});
