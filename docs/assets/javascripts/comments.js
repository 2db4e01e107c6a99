/*
 * The comments panel: nothing is asked of the comment server before the reader clicks, or has said that it
 * may be asked at once; each state is told in words. Which server, which script or frame and which words
 * come from the page (overrides/partials/comments/), so that a provider needs no line here.
 */
(() => {
  "use strict";

  /** How long a server may take until we say that it is slow, in milliseconds. */
  const PATIENCE = 10_000;

  /** The tallest a frame may make itself, in pixels. */
  const TALLEST = 100_000;

  /** The thread that the reader opened on the page shown now, or null. */
  let current = null;

  /** Settles when each script put in so far has run or failed; see Thread.open. */
  let scripts = Promise.resolve();

  // What a reader's browser keeps

  /** A store of the browser, or null where it is switched off. */
  function store(kind) {
    try {
      return kind === "always" ? localStorage : sessionStorage;
    } catch {
      return null;
    }
  }

  const PREFIX = "comments-from:";

  /** Where providers keep that a reader signed in: data-session-key in their templates. */
  const SESSIONS = ["giscus-session", "utterances-session"];

  const memory = {
    /** "visit", "always" or "" for a host. */
    of: (host) => ["visit", "always"].find((kind) => store(kind)?.getItem(PREFIX + host)) || "",
    set(host, chosen) {
      for (const kind of ["visit", "always"]) {
        if (kind === chosen) store(kind)?.setItem(PREFIX + host, "yes");
        else store(kind)?.removeItem(PREFIX + host);
      }
    },
    /** The hosts remembered, each with its kind. */
    all: () =>
      ["visit", "always"].flatMap((kind) =>
        Object.keys(store(kind) || {})
          .filter((key) => key.startsWith(PREFIX))
          .map((key) => [key.slice(PREFIX.length), kind]),
      ),
  };

  // Words of a template

  /** The part of `value` that a path such as "giscus.resizeHeight" leads to. */
  const at = (value, path) => path.split(".").reduce((part, name) => part?.[name], value);

  /** `value` with each text in it filled in by `words`: "{theme}" becomes words.theme. */
  function filled(value, words) {
    if (typeof value === "string") return value.replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
    if (Array.isArray(value)) return value.map((part) => filled(part, words));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, filled(part, words)]));
    }
    return value;
  }

  /** The address of this page without what a reader searched for or jumped to. */
  const pageAddress = () => location.origin + location.pathname;

  class Thread {
    constructor(panel) {
      this.panel = panel;
      this.data = panel.dataset;
      this.place = panel.querySelector(".comments__thread");
      this.requests = new Set();
      this.listeners = [];
      this.observer = new MutationObserver(() => this.changed());
      this.listen = (event) => this.message(event);
      this.gone = () => this.fail("failed");
    }

    open() {
      current = this;
      this.show("loading");
      this.place.setAttribute("aria-busy", "true");
      this.timer = setTimeout(() => this.fail("slow"), PATIENCE);
      this.unquote();
      this.observer.observe(this.place, { attributeFilter: ["style", "class"], childList: true, subtree: true });
      this.place.addEventListener("comments:failed", this.gone);
      addEventListener("message", this.listen);
      // The words a reader searched for stand in the address, and are nobody's business.
      const address = new URL(location.href);
      if (address.searchParams.has("h")) {
        address.searchParams.delete("h");
        history.replaceState(history.state, "", address);
      }
      // A script left over from a page that the reader quit would find this page's thread and fill it
      // a second time. It cannot be called back, so it goes first.
      scripts.then(() => {
        if (current === this) this.fill();
      });
    }

    /**
     * A provider that puts what it keeps of a reader, such as a name, between quotation marks in HTML, unescaped,
     * would break the form of an O'Brien, and let a name run as a script: the marks go in as their number.
     */
    unquote() {
      for (const key of (this.data.unquote || "").split(" ").filter(Boolean)) {
        const kept = store("always")?.getItem(key);
        if (kept?.includes("'")) store("always").setItem(key, kept.replaceAll("'", "&#39;"));
      }
    }

    words() {
      const base = typeof __md_scope === "undefined" ? new URL("/", location) : __md_scope;
      return {
        theme: this.theme(),
        page: pageAddress(),
        origin: location.origin,
        path: location.pathname.slice(1).replace(/\.\w+$/, ""),
        site: String(base).replace(/\/$/, ""),
        session: this.session(),
      };
    }

    theme() {
      const dark = document.body.getAttribute("data-md-color-scheme") === "slate";
      return (dark ? this.data.themeDark : this.data.themeLight) || "";
    }

    session() {
      const kept = this.data.sessionKey && store("always")?.getItem(this.data.sessionKey);
      try {
        return kept ? String(JSON.parse(kept)) : "";
      } catch {
        return String(kept);
      }
    }

    fill() {
      const words = this.words();
      this.painted = words.theme;
      for (const [name, value] of Object.entries(JSON.parse(this.data.global || "{}"))) window[name] = filled(value, words);
      const widget = this.panel.querySelector("template").content.cloneNode(true);
      for (const inert of widget.querySelectorAll("script")) this.run(inert);
      for (const frame of widget.querySelectorAll("iframe[data-src]")) {
        const address = new URL(frame.dataset.src);
        address.search = new URLSearchParams(filled(JSON.parse(this.data.frame), words));
        frame.src = address;
      }
      this.place.replaceChildren(widget);
    }

    /** Puts a script in the place of one that is inert: a copy of a script parsed with scripting off never runs. */
    run(inert) {
      const script = document.createElement("script");
      for (const { name, value } of inert.attributes) script.setAttribute(name, value);
      const done = new Promise((resolve) => {
        script.addEventListener("load", resolve);
        script.addEventListener("error", resolve);
      });
      scripts = Promise.all([scripts, done]);
      script.addEventListener("error", this.gone);
      inert.replaceWith(script);
    }

    frame() {
      return this.place.querySelector("iframe");
    }

    /** A message of the provider's frame: its height, or that the reader signed out. */
    message(event) {
      const frame = this.frame();
      if (!this.data.height || !frame || event.source !== frame.contentWindow) return;
      if (event.origin !== new URL(this.data.comments).origin) return;
      const height = Number(at(event.data, this.data.height));
      if (height > 0) {
        frame.style.height = `${Math.min(height, TALLEST)}px`;
        if (this.state === "loading") this.ready();
      }
      const over = this.data.sessionOver && at(event.data, this.data.sessionOver);
      const refused = this.session() && new RegExp(this.data.sessionRefused || "$^").test(at(event.data, this.data.error || "") || "");
      if (over || refused) {
        store("always")?.removeItem(this.data.sessionKey);
        this.fill();
      }
    }

    /** The reader switched between light and dark. */
    repaint() {
      if (this.state !== "ready") return; // it is told at its end, see ready
      this.painted = this.theme();
      if (this.data.themeCall) call(this.data.themeCall, this.theme());
      const frame = this.frame();
      if (this.data.themeMessage && frame?.contentWindow) {
        frame.contentWindow.postMessage(
          filled(JSON.parse(this.data.themeMessage), { theme: this.theme() }),
          new URL(this.data.comments).origin,
        );
      }
    }

    /** The provider changed the thread: add the attributes it leaves out, and see whether it is there. */
    changed() {
      const dress = JSON.parse(this.data.dress || "{}");
      for (const [selector, attributes] of Object.entries(dress)) {
        for (const element of this.place.querySelectorAll(selector)) {
          for (const [name, value] of Object.entries(attributes)) {
            if (element.getAttribute(name) !== value) element.setAttribute(name, value);
          }
        }
      }
      if (this.state === "loading" && this.data.ready && this.place.querySelector(this.data.ready)) this.ready();
    }

    ready() {
      clearTimeout(this.timer);
      // The button goes away; whoever used it by keyboard or by ear must not be left nowhere. Someone
      // who has moved on meanwhile is left in peace.
      const follow = this.asked && (this.panel.contains(document.activeElement) || document.activeElement === document.body);
      this.show("ready");
      this.place.removeAttribute("aria-busy");
      if (follow) this.place.focus({ preventScroll: true });
      if (this.painted !== this.theme()) this.repaint();
      const quoted = this.panel.querySelector(".comments__quote");
      const box = this.data.quoteInto && this.place.querySelector(this.data.quoteInto);
      if (box && !quoted.hidden && !box.value) box.value = `> ${quoted.textContent}\n\n`;
      if (this.data.anchor && location.hash.startsWith(`#${this.data.anchor}`)) this.find(location.hash.slice(1));
    }

    /** Scrolls to a comment that the address names, as soon as it is there. */
    find(id, tries = 20) {
      const comment = document.getElementById(id);
      if (comment) comment.scrollIntoView({ block: "center" });
      else if (tries && current === this) setTimeout(() => this.find(id, tries - 1), 150);
    }

    fail(why) {
      if (current !== this || this.state !== "loading") return;
      this.close();
      this.show("failed", why);
    }

    /** Ends everything that is under way, and empties the thread. */
    close() {
      current = null;
      clearTimeout(this.timer);
      this.observer.disconnect();
      removeEventListener("message", this.listen);
      this.place.removeEventListener("comments:failed", this.gone);
      for (const request of this.requests) request.abort();
      for (const [target, ...listener] of this.listeners.splice(0)) target.removeEventListener(...listener);
      if (this.data.endCall) call(this.data.endCall);
      this.place.replaceChildren();
      this.place.removeAttribute("aria-busy");
    }

    show(state, words = state) {
      this.state = state;
      this.data.state = state;
      this.say(words);
    }

    /** Tells the reader what the page has for the first of `keys` that it has words for. */
    say(...keys) {
      const words = keys.map((key) => this.panel.getAttribute(`data-say-${key}`)).find(Boolean);
      const trouble = this.state === "failed" || (this.state === "ready" && this.trouble);
      this.panel.querySelector(".comments__status").textContent = words || "";
      this.panel.toggleAttribute("data-trouble", Boolean(words && trouble));
    }

    /** A request of the provider's own script has ended; status is 0 where no answer came. */
    answered(method, status) {
      if (current !== this) return;
      this.trouble = status === 0 || status >= 400;
      if (this.state === "loading") {
        if (this.trouble) this.fail("failed");
        return;
      }
      const kind = method.toLowerCase();
      if (this.trouble) this.say(`${kind}-${status}`, kind);
      else if (kind !== "get") this.say(`${kind}-${status}`);
    }
  }

  /** Calls a function of the provider that may not be there (yet): call("REMARK42.changeTheme", "dark"). */
  function call(path, ...values) {
    const [name, method] = path.split(".");
    if (typeof window[name]?.[method] === "function") window[name][method](...values);
  }

  /*
   * Isso 0.14 keeps failures to itself (js/app/api.js: they end in the browser's console), so a comment
   * that was refused would look as if nothing had happened. We watch the requests to the chosen server,
   * and those only, from the first click on; no other request is touched.
   */
  function watch() {
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, address, ...rest) {
      const thread = current;
      if (thread?.data.watch && String(address).startsWith(thread.data.watch)) {
        thread.requests.add(this);
        thread.unquote();
        this.addEventListener(
          "loadend",
          () => {
            thread.requests.delete(this);
            thread.answered(method, this.status);
          },
          { once: true },
        );
      }
      return open.call(this, method, address, ...rest);
    };
    // What a script of the thread has the window listen to, it never takes back: one more with each page.
    for (const target of [window, document]) {
      const { addEventListener } = target;
      target.addEventListener = (...listener) => {
        if (current?.place.contains(document.currentScript)) current.listeners.push([target, ...listener]);
        return addEventListener.apply(target, listener);
      };
    }
  }

  let watching = false;

  function load(panel, asked) {
    if (current) return;
    if (!watching) watch();
    watching = true;
    const thread = new Thread(panel);
    thread.asked = asked;
    thread.open();
  }

  /** After signing in at GitHub the provider leads back with a session in the address: keep it, and clear the address. */
  function takeSession(panel) {
    const address = new URL(location.href);
    const session = panel.dataset.session && address.searchParams.get(panel.dataset.session);
    if (!session) return;
    store("always")?.setItem(panel.dataset.sessionKey, JSON.stringify(session));
    address.searchParams.delete(panel.dataset.session);
    history.replaceState(history.state, "", address);
  }

  /** Whether words stand on this page, marks of citations aside; "…" is for words left out. */
  function stands(claim) {
    const letters = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
    const copy = (document.querySelector("article") || document.body).cloneNode(true);
    for (const other of copy.querySelectorAll("sup, .comments, script, style, template")) other.remove();
    const page = letters(copy.textContent);
    const parts = claim.split("…").map(letters);
    return parts.some(Boolean) && parts.every((part) => page.includes(part));
  }

  /** A link from the ledger names a claim to talk about: "#discuss=…". It stays in this browser. */
  function takeQuote(panel) {
    const match = location.hash.match(/^#discuss=(.*)$/s);
    if (!match) return;
    let claim = "";
    try {
      claim = decodeURIComponent(match[1]).slice(0, 2000).replace(/\s+/g, " ").trim();
    } catch {
      return;
    }
    const quote = panel.querySelector(".comments__quote");
    // Anybody can write an address. Only what this page says itself is shown on it.
    if (quote && stands(claim)) {
      quote.textContent = claim;
      quote.hidden = false;
    }
    history.replaceState(history.state, "", `${location.pathname}${location.search}#comments`);
    panel.scrollIntoView();
  }

  /** Readies the panel of the page shown now. Safe to call at any time and any number of times. */
  function mount() {
    const panel = document.querySelector("[data-comments]");
    if (current && current.panel !== panel) current.close();
    forget();
    if (!panel) {
      const closed = document.getElementById("comments");
      if (closed) takeQuote(closed);
      return;
    }
    if (panel.dataset.state) return;
    const { host, anchor } = panel.dataset;
    panel.dataset.state = "idle";
    takeSession(panel);
    takeQuote(panel);
    const remember = panel.querySelector(".comments__remember select");
    remember.value = memory.of(host);
    remember.addEventListener("change", () => memory.set(host, remember.value));
    panel.querySelector(".comments__load").addEventListener("click", () => load(panel, true));
    // "Reply" is a link to "#": the theme's instant navigation would take it for a page to fetch, and the thread would be gone.
    panel.addEventListener("click", (event) => {
      if (event.target.closest?.('a[href^="#"]')) event.stopPropagation();
    });
    if (memory.of(host)) load(panel, false);
    else if (anchor && location.hash.startsWith(`#${anchor}`)) panel.scrollIntoView();
  }

  /** On the page about privacy: what is remembered, and a button to forget it. */
  function forget() {
    const place = document.querySelector("[data-comments-memory]");
    if (!place) return;
    const kept = memory.all();
    const sessions = SESSIONS.filter((key) => store("always")?.getItem(key));
    const words = document.createElement("p");
    const times = { visit: "during this visit", always: "always" };
    const hosts = kept.map(([host, kind]) => `from ${host}, ${times[kind]}`).join("; ");
    words.textContent = kept.length ? `Comments load at once ${hosts}.` : "This browser remembers no choice about comments.";
    if (sessions.length) words.textContent += " It is signed in at GitHub for comments.";
    place.replaceChildren(words);
    if (!kept.length && !sessions.length) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "md-button";
    button.textContent = "Ask me again";
    button.addEventListener("click", () => {
      for (const [host] of kept) memory.set(host, "");
      for (const key of sessions) store("always").removeItem(key);
      forget();
    });
    place.append(button);
  }

  new MutationObserver(() => current?.repaint()).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  document$.subscribe(mount);
})();
