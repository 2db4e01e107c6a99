/*
 * The replies to a post on Mastodon, drawn from its server's public API. What people wrote is rebuilt from an
 * allow-list of elements; no picture and no script of theirs comes into the page.
 * API: https://docs.joinmastodon.org/methods/statuses/#context
 */
(() => {
  "use strict";

  /** Longest text of one reply that is drawn, in characters of its HTML. */
  const LONGEST = 50_000;
  const KEPT = new Set(["P", "BR", "BLOCKQUOTE", "CODE", "PRE", "EM", "STRONG", "B", "I", "DEL", "UL", "OL", "LI"]);
  const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "EMBED", "SVG", "MATH", "TITLE", "TEXTAREA"]);
  // Characters that turn or hide the text around them.
  const TRICKS = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

  const plain = (text) => String(text ?? "").replace(TRICKS, "");

  /** An address of the web, or "" for anything else. */
  function webAddress(text) {
    try {
      const address = new URL(text);
      return ["https:", "http:"].includes(address.protocol) ? address.href : "";
    } catch {
      return "";
    }
  }

  function link(address, words) {
    const found = document.createElement("a");
    found.href = address;
    found.rel = "nofollow noopener noreferrer ugc";
    found.referrerPolicy = "no-referrer";
    found.append(words);
    return found;
  }

  /** Copies what is allowed of `from` into `to`. */
  function copy(from, to) {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) to.append(plain(node.data));
      if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName.toUpperCase())) continue;
      let into = to;
      const address = node.tagName === "A" ? webAddress(node.getAttribute("href")) : "";
      if (address) into = to.appendChild(link(address, ""));
      else if (KEPT.has(node.tagName)) into = to.appendChild(document.createElement(node.tagName));
      copy(node, into);
    }
  }

  function comment(status) {
    const item = document.createElement("article");
    item.className = "toot";
    item.id = `toot-${plain(status.id).replace(/\W/g, "")}`;
    const head = document.createElement("p");
    const name = document.createElement("strong");
    name.textContent = plain(status.account?.display_name) || plain(status.account?.username) || "Somebody";
    const when = new Date(status.created_at);
    const time = document.createElement("time");
    time.textContent = Number.isNaN(when.getTime()) ? "" : when.toLocaleDateString("en-GB", { dateStyle: "long" });
    if (time.textContent) time.dateTime = when.toISOString();
    const address = webAddress(status.url);
    head.append(name, ` @${plain(status.account?.acct)} `, address ? link(address, time) : time);
    const text = document.createElement("div");
    const parsed = document.createElement("template"); // inert: nothing in it runs or is asked for
    parsed.innerHTML = String(status.content ?? "").slice(0, LONGEST);
    for (const picture of Array.isArray(status.media_attachments) ? status.media_attachments : []) {
      const words = document.createElement("p");
      words.textContent = `[picture: ${plain(picture?.description) || "without a description"}]`;
      parsed.content.append(words);
    }
    if (status.spoiler_text) {
      const folded = document.createElement("details");
      const summary = document.createElement("summary");
      summary.textContent = plain(status.spoiler_text);
      folded.append(summary, text);
      copy(parsed.content, text);
      item.append(head, folded);
      return item;
    }
    copy(parsed.content, text);
    item.append(head, text);
    return item;
  }

  function draw(place, root, statuses) {
    const count = document.createElement("h3");
    count.textContent = statuses.length === 1 ? "One comment" : statuses.length ? `${statuses.length} comments` : "No comments yet";
    const drawn = new Map([[root, place]]);
    const all = document.createDocumentFragment();
    all.append(count);
    for (const status of statuses) {
      const item = comment(status);
      const parent = drawn.get(status.in_reply_to_id);
      if (parent && parent !== place) {
        let answers = parent.querySelector(":scope > .toot-answers");
        if (!answers) {
          answers = document.createElement("div");
          answers.className = "toot-answers";
          parent.append(answers);
        }
        answers.append(item);
      } else all.append(item);
      drawn.set(status.id, item);
    }
    place.append(all);
  }

  const place = document.querySelector(".toots:empty");
  if (!place) return;
  const { server, post } = place.dataset;
  const failed = () => place.dispatchEvent(new CustomEvent("comments:failed", { bubbles: true }));
  fetch(`${server}/api/v1/statuses/${encodeURIComponent(post)}/context`, {
    credentials: "omit",
    referrerPolicy: "no-referrer",
    headers: { Accept: "application/json" },
  })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((context) => draw(place, post, Array.isArray(context.descendants) ? context.descendants : []))
    .catch(failed);
})();
