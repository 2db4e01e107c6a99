/*
 * The comments panel: nothing is asked of the comment server before the reader clicks, and each state
 * is told in words. Which server, which script and which words come from the page
 * (overrides/partials/comments/), so that a provider needs no line here.
 */
(() => {
  "use strict";

  /** How long a server may take until we say that it is slow, in milliseconds. */
  const PATIENCE = 10_000;

  /** The thread that the reader opened on the page shown now, or null. */
  let current = null;

  /** Settles when each script put in so far has run or failed; see Thread.open. */
  let scripts = Promise.resolve();

  class Thread {
    constructor(panel) {
      this.panel = panel;
      this.server = `${panel.dataset.comments}/`;
      this.place = panel.querySelector(".comments__thread");
      this.requests = new Set();
      this.observer = new MutationObserver(() => this.changed());
    }

    open() {
      current = this;
      this.show("loading");
      this.place.setAttribute("aria-busy", "true");
      this.timer = setTimeout(() => this.fail("slow"), PATIENCE);
      this.observer.observe(this.place, { childList: true, subtree: true });
      // A script left over from a page that the reader quit would find this page's thread and fill it
      // a second time. It cannot be called back, so it goes first.
      scripts.then(() => {
        if (current === this) this.fill();
      });
    }

    fill() {
      const widget = this.panel.querySelector("template").content.cloneNode(true);
      for (const inert of widget.querySelectorAll("script")) {
        // Pages that come by instant navigation are parsed with scripting off, and a copy of a script
        // parsed so never runs.
        const script = document.createElement("script");
        for (const { name, value } of inert.attributes) script.setAttribute(name, value);
        const done = new Promise((resolve) => {
          script.addEventListener("load", resolve);
          script.addEventListener("error", resolve);
        });
        scripts = Promise.all([scripts, done]);
        script.addEventListener("error", () => this.fail("failed"));
        inert.replaceWith(script);
      }
      this.place.replaceChildren(widget);
    }

    /** The provider changed the thread: add the attributes it leaves out, and see whether it is there. */
    changed() {
      const dress = JSON.parse(this.panel.dataset.dress || "{}");
      for (const [selector, attributes] of Object.entries(dress)) {
        for (const element of this.place.querySelectorAll(selector)) {
          for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        }
      }
      if (this.state === "loading" && this.place.querySelector(this.panel.dataset.ready)) this.ready();
    }

    ready() {
      clearTimeout(this.timer);
      // The button goes away; whoever used it by keyboard or by ear must not be left nowhere. Someone
      // who has moved on meanwhile is left in peace.
      const follow = this.panel.contains(document.activeElement) || document.activeElement === document.body;
      this.show("ready");
      this.place.removeAttribute("aria-busy");
      if (follow) this.place.focus({ preventScroll: true });
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
      for (const request of this.requests) request.abort();
      this.place.replaceChildren();
      this.place.removeAttribute("aria-busy");
    }

    show(state, words = state) {
      this.state = state;
      this.panel.dataset.state = state;
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

  /*
   * Isso 0.14 keeps failures to itself (js/app/api.js: they end in the browser's console), so a comment
   * that was refused would look as if nothing had happened. We watch the requests to the chosen server,
   * and those only, from the first click on; no other request is touched.
   */
  function watch() {
    const { open } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.open = function (method, address, ...rest) {
      const thread = current;
      if (thread && String(address).startsWith(thread.server)) {
        thread.requests.add(this);
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
  }

  let watching = false;

  /** Readies the panel of the page shown now. Safe to call at any time and any number of times. */
  function mount() {
    const panel = document.querySelector("[data-comments]");
    if (current && current.panel !== panel) current.close();
    if (!panel || panel.dataset.state) return;
    panel.dataset.state = "idle";
    panel.querySelector(".comments__load").addEventListener("click", () => {
      if (current) return;
      if (!watching) watch();
      watching = true;
      new Thread(panel).open();
    });
  }

  // document$ is Material's: it speaks at the first page and after each instant navigation.
  document$.subscribe(mount);
})();
