// Letters and webhooks that were not delivered yet, and those that are tried no more.
import {done, place} from "./desk.js";
import {by} from "./forms.js";
import {list} from "./lists.js";
import {after} from "./rows.js";
import {number, time, word} from "./words.js";

const reload = list("messages", {
  path: place("outbox"),
  key: "messages",
  heard: ({waiting, dead}) => {
    by("counts").textContent = word("said.outbox", {waiting: number(waiting), dead: number(dead)});
  },
  shown: (one) => ({
    texts: {
      name: [one.kind, one.type].filter(Boolean).join(": "),
      recipient: one.recipient,
      state: word(`said.${one.state}`),
      made: word("said.made", {time: time(one.created_at)}),
      due: one.due_at && word("said.due", {time: time(one.due_at)}),
      attempts: word("said.attempts", {count: number(one.attempts)}),
      error: one.error,
    },
    acts: {retry: async () => after(
      await done("POST", place("outbox", one.id, "retry")), word("said.retried"), reload)},
  }),
});
