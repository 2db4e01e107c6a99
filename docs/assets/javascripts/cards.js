/*
 * The card of a citation: what a mark stands on, told beside the mark. It is filled from the entry in the page's own list of
 * references, so nothing is fetched and the page carries no second copy. Without this script a mark is a plain link to its entry.
 *
 * It opens when a mouse rests on a mark, when the keyboard reaches one, and at the first tap of a finger (the second follows the
 * link). It stays while the pointer or the focus is on the mark or on the card, and Esc puts it away (WCAG 1.4.13).
 *
 * Semantics. The card is a group with a name, no dialog: it never takes the focus, and a reader may pass it by. It is no tooltip
 * either, for a tooltip may hold no links. The mark points to it with aria-details and not with aria-describedby: the mark's name
 * says already who was studied and how, and a description would read the whole card aloud at every mark. While it is open it
 * stands right behind the mark, so that Tab and a screen reader's arrows enter it from the mark and leave it for what comes next.
 */
(() => {
  "use strict";

  /** How long a mouse rests on a mark until its card opens, and how long a card waits for a pointer that left, in milliseconds. */
  const OPEN_AFTER = 250;
  const CLOSE_AFTER = 300;

  /** Pixels between mark and card, and between card and window. */
  const GAP = 6;
  const EDGE = 8;

  /** The width under which the card is a sheet along an edge of the window; cards.css has the same figure. */
  const SHEET = "(max-width: 479.98px)";

  const ID = "cite-card";

  const PEOPLE =
    '<circle cx="9" cy="7.5" r="3.3"/><path d="M2.8 19.5c0-3.9 2.6-6.3 6.2-6.3s6.2 2.4 6.2 6.3"/>' +
    '<path d="M15.4 4.5a3.3 3.3 0 0 1 0 6M17.8 13.9c2.1.9 3.4 2.9 3.4 5.6"/>';
  const ANIMALS =
    '<path d="M6.2 18.5c-1.7-5.2 1.3-9.7 6-9.7 1 0 1.7.1 2.4.4M19.3 11.3c1.4 1.1 2.5 2.7 3.1 4.6.5 1.3-.3 2.6-1.7 2.6H6.2"/>' +
    '<path d="M6.2 18.5c-2.9 0-4.7-1.5-4.7-3.7 0-1.6 1-2.8 2.4-2.8"/><circle cx="17" cy="8.6" r="2.6"/>' +
    '<path d="M12.2 18.5c-.2-2 .8-3.5 2.6-3.9M19 14.6v.01"/>';
  const CELLS =
    '<circle cx="8.9" cy="9.1" r="6.4"/><circle cx="17.8" cy="17.4" r="3.8"/><g fill="currentColor" stroke="none">' +
    '<circle cx="8.2" cy="9.8" r="2.2"/><circle cx="12" cy="6.6" r=".9"/><circle cx="17.9" cy="17.2" r="1.4"/></g>';

  /** For each population: its drawings, its word, and what in the words on the study says as much. */
  const POPULATIONS = {
    people: { drawings: [PEOPLE], word: "people", said: /\b(people|person)\b/i },
    animals: { drawings: [ANIMALS], word: "animals", said: /\banimals\b/i },
    cells: { drawings: [CELLS], word: "cells or tissue", said: /\bcells\b/i },
    "people-and-animals": { drawings: [PEOPLE, ANIMALS], word: "people and animals", said: /\bpeople and animals\b/i },
  };

  /** What a link of an entry is called in the card, by its host; other links are called by their host. */
  const PLACES = { "doi.org": "DOI", "pubmed.ncbi.nlm.nih.gov": "PubMed", "pmc.ncbi.nlm.nih.gov": "Full text" };

  const said = (element) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();
  const unstopped = (text) => text.replace(/\.$/, "");

  function make(tag, name, ...content) {
    const element = document.createElement(tag);
    element.className = `${ID}__${name}`;
    element.append(...content);
    return element;
  }

  function drawing(shapes) {
    const holder = document.createElement("template");
    holder.innerHTML = `<svg class="${ID}__icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shapes}</svg>`;
    return holder.content.firstChild;
  }

  /* What an entry says */

  /** ``Hadley SJ, Mandel FS, Schweizer E.`` as ``Hadley SJ et al.``; an organisation, which may have commas too, whole. */
  function shortAuthors(text) {
    const names = unstopped(text).split(", ");
    const people = names.filter((name) => name !== "et al");
    if (!people.every((name) => /\s\p{Lu}{1,4}(\s\S{1,3})?$/u.test(name))) return unstopped(text);
    return people.length > 2 || people.length < names.length ? `${people[0]} et al.` : people.join(" and ");
  }

  /** The year of a work: the first one among the words of its entry that stand in no part with a name of its own. */
  function year(entry) {
    const loose = [...(entry.querySelector(".ref-title")?.parentElement.childNodes ?? [])].filter(
      (node) => node.nodeType === Node.TEXT_NODE,
    );
    const found = /date unknown|\b(?:1[5-9]|20)\d\d\b/.exec(loose.map((node) => node.data).join(" "))?.[0];
    return Number(found) ? found : "no date";
  }

  function byline(entry) {
    const who = shortAuthors(said(entry.querySelector(".ref-authors"))) || unstopped(said(entry.querySelector(".ref-source")));
    return [who, year(entry)].filter(Boolean).join(who.endsWith(".") ? " " : ", ");
  }

  function study(entry) {
    const design = entry.querySelector(".ref-design");
    if (!design) return [];
    let words = unstopped(said(design));
    const population = POPULATIONS[design.dataset.population];
    if (population && !population.said.test(words)) words += `, ${population.word}`;
    return [make("p", "design", ...(population?.drawings ?? []).map(drawing), make("span", "words", words))];
  }

  function fact(name, label, text) {
    return text ? [make("p", name, make("span", "label", label), " ", text)] : [];
  }

  function link(name, address, words) {
    const element = make("a", name, words);
    element.href = address;
    return element;
  }

  function links(entry) {
    return [...entry.querySelectorAll(".ref-link a")]
      .filter(({ protocol }) => protocol === "https:" || protocol === "http:")
      .map(({ href, hostname }) => link("link", href, PLACES[hostname] ?? hostname.replace(/^www\./, "")));
  }

  /** What a reader must know of a work: that it was retracted, doubted or corrected; that it was checked says little. */
  function status(entry, when) {
    return [...entry.querySelectorAll(".ref-status")]
      .filter((said) => said.classList.contains("ref-status--ok") === when)
      .map((said) => {
        const line = make("p", when ? "checked" : "status", said.textContent);
        if (!when) line.classList.add(...[...said.classList].filter((name) => name.startsWith("ref-status")));
        return line;
      });
  }

  /** The works that speak against this one, with the links of the entry. */
  function disputed(entry) {
    const said = entry.querySelector(".ref-disputed");
    if (!said) return [];
    return [make("p", "disputed", ...[...said.childNodes].map((node) => node.cloneNode(true)))];
  }

  /** What the card of a work shows. */
  function aboutWork(mark, entry) {
    const against = mark.parentElement.classList.contains("cite--disputes");
    return [
      ...(against ? [make("p", "against", "This source speaks against the sentence")] : []),
      ...fact("where", "Cited here:", mark.dataset.where),
      ...study(entry),
      ...fact("finding", "Found:", said(entry.querySelector(".ref-finding"))),
      ...fact("limit", "Limit:", said(entry.querySelector(".ref-limitation")).replace(/^Limit:\s*/, "")),
      ...disputed(entry),
      ...status(entry, true),
      make("p", "links", ...links(entry), link("entry", mark.getAttribute("href"), "All uses and full entry")),
    ];
  }

  /** What the card of a plain note shows: the note. */
  function aboutNote(mark, entry) {
    const note = make("div", "note");
    note.append(...[...entry.childNodes].map((node) => node.cloneNode(true)));
    for (const back of note.querySelectorAll(".footnote-backref")) back.remove();
    for (const marked of note.querySelectorAll("[id]")) marked.removeAttribute("id");
    return [note, make("p", "links", link("entry", mark.getAttribute("href"), "Go to the note"))];
  }

  /* The one card of the page */

  const card = document.createElement("div");
  card.id = ID;
  card.className = ID;
  card.setAttribute("role", "group");
  // In the top layer nothing cuts the card off: no table that scrolls, no sticky header. Where a browser knows no popovers,
  // position: fixed alone has to do.
  if ("showPopover" in card) card.popover = "manual";

  const state = {
    /** The mark whose card is open, or null. */
    mark: null,
    /** A finger opened the card: there is no pointer and no focus to hold it, it stays until it is put away. */
    tapped: false,
    /** A mouse is on the mark or on the card. */
    hovered: false,
    /** The mark whose card the reader put away, until pointer and focus have left it. */
    dismissed: null,
    /** The mark that a timer will open. */
    awaited: null,
    /** What the last press was, until its click: the kind of pointer, the mark, and whether its card was open. */
    press: null,
    /** Height of the card's content, in pixels. */
    height: 0,
  };
  let opening, closing, frame;

  // A mark that is scrolled away, by the page or by a table, takes its card along.
  const sight = new IntersectionObserver((seen) => {
    if (!seen.at(-1).isIntersecting && !entered()) close();
  });

  const element = (target) => (target instanceof Element ? target : null);

  /** The mark at a place of the page; not those that a note in the card has. */
  function markAt(target) {
    const sup = element(target)?.closest("sup.cite");
    return sup && !card.contains(sup) ? sup.querySelector("a.footnote-ref") : null;
  }

  /** The entry that a mark leads to, if it is on this page. */
  function entryOf(mark) {
    if (mark.pathname !== location.pathname || mark.origin !== location.origin) return null;
    return mark.hash ? document.getElementById(decodeURIComponent(mark.hash.slice(1))) : null;
  }

  const inside = (target) => Boolean(state.mark && (markAt(target) === state.mark || card.contains(element(target))));

  /** Whether the keyboard holds the card open. What a mouse has clicked has the focus too, but does not show it. */
  function focused() {
    const at = document.activeElement;
    return (card.contains(at) || at === state.mark) && at.matches(":focus-visible");
  }

  /** Whether a reader is at the card's own links by keyboard. */
  const entered = () => card.contains(document.activeElement) && focused();

  function open(mark) {
    clearTimeout(opening);
    clearTimeout(closing);
    state.awaited = null;
    if (state.mark === mark) return;
    const entry = entryOf(mark);
    if (!entry) return;
    close();
    state.mark = mark;

    const work = entry.querySelector(".ref-title");
    const number = make("span", "number", said(mark));
    const head = make("p", "head", number, " ", make("span", "by", work ? byline(entry) : "Note"));
    head.id = `${ID}-head`;
    const title = work ? [make("p", "title", unstopped(said(work)))] : [];
    for (const part of title) part.id = `${ID}-title`;
    const first = work ? status(entry, false) : [];
    for (const part of first) part.id = `${ID}-status`;
    card.setAttribute("aria-labelledby", [...first, head, ...title].map(({ id }) => id).join(" "));
    const quit = make("button", "close");
    quit.type = "button";
    quit.setAttribute("aria-label", "Close");
    quit.append(drawing('<path d="m6 6 12 12M18 6 6 18"/>'));
    card.replaceChildren(quit, ...first, head, ...title, ...(work ? aboutWork : aboutNote)(mark, entry));

    mark.parentElement.after(card);
    if (card.popover) card.showPopover();
    mark.setAttribute("aria-details", ID);
    sight.observe(mark);
    measure();
  }

  function close() {
    clearTimeout(closing);
    sight.disconnect();
    state.mark?.removeAttribute("aria-details");
    Object.assign(state, { mark: null, tapped: false, hovered: false });
    card.remove();
  }

  /** Puts the card away because the reader said so; the focus goes back to the mark if it was in the card. */
  function dismiss() {
    const { mark } = state;
    const back = card.contains(document.activeElement);
    state.dismissed = mark;
    close();
    if (back) mark.focus({ preventScroll: true });
  }

  /** Closes in a moment, unless something holds the card by then. */
  function closeSoon(delay = CLOSE_AFTER) {
    clearTimeout(closing);
    closing = setTimeout(() => {
      if (!state.hovered && !state.tapped && !focused()) close();
    }, delay);
  }

  /* Where the card stands: beside the mark, never on it (WCAG 2.4.11), and inside the window. */

  function measure() {
    card.style.maxHeight = "none";
    state.height = Math.ceil(card.getBoundingClientRect().height);
    place();
  }

  function place() {
    if (!state.mark) return;
    const mark = state.mark.getBoundingClientRect();
    const { clientWidth: width } = document.documentElement;
    const height = window.innerHeight;
    const sheet = matchMedia(SHEET).matches;
    const edge = sheet ? 0 : EDGE;
    const header = Math.max(0, document.querySelector(".md-header")?.getBoundingClientRect().bottom ?? 0);

    const fits = (space) => state.height <= space;
    const below = height - edge - GAP - mark.bottom;
    let top = header + edge;
    // Before the card has to scroll, the page's header gives way.
    if (!fits(below) && !fits(mark.top - GAP - top)) top = edge;
    const above = mark.top - GAP - top;
    // Beside a mark the card stands above, so that what comes next can be read on; a sheet comes from below.
    const [first, second] = sheet ? [below, above] : [above, below];
    const space = fits(first) || (!fits(second) && first >= second) ? first : second;
    const tall = Math.min(state.height, Math.max(space, 0));

    let y = space === below ? (sheet ? height - tall : mark.bottom + GAP) : sheet ? top : mark.top - GAP - tall;
    // A mark that was scrolled out of sight while the focus is in its card: the card stays in the window.
    y = Math.max(edge, Math.min(y, height - edge - tall));
    const x = sheet ? 0 : Math.max(EDGE, Math.min(mark.left - 3 * EDGE, width - EDGE - card.offsetWidth));
    card.style.maxHeight = `${tall}px`;
    card.style.left = `${x}px`;
    card.style.top = `${y}px`;
    card.dataset.side = space === below ? "below" : "above";
    // What scrolls must be reachable by keyboard.
    if (tall < state.height) card.tabIndex = 0;
    else card.removeAttribute("tabindex");
  }

  /* What the reader does. All of it is heard on the document, once, whatever pages come and go. */

  // Not pointerover: that one also speaks when text scrolls along under a mouse at rest.
  document.addEventListener(
    "pointermove",
    (event) => {
      if (event.pointerType === "touch" || event.buttons) return;
      const mark = markAt(event.target);
      if (mark !== state.dismissed && !state.dismissed?.matches(":focus-visible")) state.dismissed = null;
      if (inside(event.target)) {
        state.hovered = true;
        clearTimeout(closing);
      } else if (state.hovered) {
        state.hovered = false;
        closeSoon();
      }
      if (mark === state.awaited) return;
      clearTimeout(opening);
      state.awaited = mark;
      if (!mark || mark === state.mark || mark === state.dismissed) return;
      opening = setTimeout(() => {
        state.awaited = null;
        if (!mark.isConnected || entered()) return;
        open(mark);
        state.hovered = state.mark === mark;
      }, OPEN_AFTER);
    },
    { passive: true },
  );

  document.documentElement.addEventListener("pointerleave", () => {
    clearTimeout(opening);
    state.awaited = null;
    state.hovered = false;
    closeSoon();
  });

  document.addEventListener("focusin", ({ target }) => {
    const mark = markAt(target);
    if (mark !== state.dismissed) state.dismissed = null;
    if (!inside(target)) state.tapped = false;
    if (mark && mark !== state.dismissed && mark.matches(":focus-visible")) open(mark);
    else if (state.mark) closeSoon(0);
  });

  // The focus is between two places here; where it arrives is known a moment later.
  document.addEventListener("focusout", ({ target }) => {
    if (inside(target)) closeSoon(0);
  });

  document.addEventListener("pointerdown", ({ pointerType, target }) => {
    const mark = markAt(target);
    state.press = { touch: pointerType === "touch", mark, wasOpen: Boolean(mark && mark === state.mark) };
  });

  // A finger that scrolls ends in pointercancel: only a tap beside the card puts it away.
  document.addEventListener("pointerup", ({ target }) => {
    if (state.mark && !inside(target)) close();
  });

  document.addEventListener("click", (event) => {
    const { press } = state;
    state.press = null;
    const at = element(event.target);
    if (card.contains(at)) {
      const way = at.closest("a");
      if (at.closest("button")) dismiss();
      // The card may stand in something that a click folds or follows.
      else if (!way) event.preventDefault();
      else if (way.matches(`.${ID}__entry, .${ID}__disputed a`) && !(event.ctrlKey || event.metaKey || event.shiftKey)) follow(entryOf(way));
      return;
    }
    const mark = at?.closest("a.footnote-ref") && markAt(at);
    if (!mark) return;
    // detail is 0 where a keyboard clicked.
    if (press?.touch && press.mark === mark && event.detail && !press.wasOpen && entryOf(mark)) {
      event.preventDefault();
      open(mark);
      state.tapped = true;
      return;
    }
    clearTimeout(opening);
    state.awaited = null;
    state.dismissed = mark;
    close();
  });

  /** The link to the entry was clicked: when the browser has gone there, the card goes and the focus arrives. */
  function follow(entry) {
    setTimeout(() => {
      close();
      if (!entry) return;
      entry.tabIndex = -1;
      entry.focus({ preventScroll: true });
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !state.mark) return;
    // One press, one thing: the theme closes its search with the same key.
    event.stopPropagation();
    dismiss();
  });

  function moved() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(place);
  }

  document.addEventListener(
    "scroll",
    ({ target }) => {
      if (state.mark && target !== card) moved();
    },
    { capture: true, passive: true },
  );
  window.addEventListener("resize", () => {
    if (state.mark) measure();
  });
  window.addEventListener("pagehide", close);

  // document$ is Material's: it speaks at the first page and after each instant navigation, when the marks are others.
  document$.subscribe(() => {
    clearTimeout(opening);
    Object.assign(state, { dismissed: null, awaited: null, press: null });
    close();
  });
})();
