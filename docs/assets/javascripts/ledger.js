/*
 * References and Claims: show some of the rows, and sort the columns. Without this script both pages show everything.
 */
(() => {
  "use strict";

  /** Folds case and accents, so that "glossaire" finds "Glossaïre". */
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const tests = {
    words: (row, value) => {
      row.folded ??= folded(row.textContent);
      return value.split(/\s+/).every((word) => row.folded.includes(word));
    },
    design: (row, value) => row.dataset.design === value,
    population: (row, value) => row.dataset.population === value,
    since: (row, value) => Number(row.dataset.year) >= Number(value),
    page: (row, value) => (row.dataset.pages ?? row.parentElement.id).split(" ").includes(value),
  };

  function filter(form, rows, one, many) {
    const values = [...new FormData(form)].filter(([, value]) => value.trim());
    let shown = 0;
    for (const row of rows) {
      const fits = values.every(([name, value]) => tests[name](row, name === "words" ? folded(value.trim()) : value));
      row.hidden = !fits;
      shown += fits;
    }
    for (const group of document.querySelectorAll(".ledger tbody")) {
      group.hidden = ![...group.rows].some((row) => row.id && !row.hidden);
    }
    form.querySelector(".filter-count").textContent = `${shown} ${shown === 1 ? one : many} shown`;
  }

  function sort(table, head, rows) {
    const column = head.cellIndex;
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.cells[column].dataset.sort ?? folded(row.cells[column].textContent.trim());
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    for (const group of table.tBodies) {
      const own = rows.filter((row) => row.parentElement === group);
      own.sort((a, b) => (up ? 1 : -1) * compare(value(a), value(b)));
      group.append(...own);
    }
  }

  function mount() {
    for (const form of document.querySelectorAll("form.filter[hidden]")) {
      const works = form.dataset.filter === "works";
      const rows = [...document.querySelectorAll(works ? ".works > .work" : ".ledger tr[data-design]")];
      const words = works ? ["work", "works"] : ["claim", "claims"];
      form.hidden = false;
      form.addEventListener("submit", (event) => event.preventDefault());
      form.addEventListener("input", () => filter(form, rows, ...words));
    }
    for (const table of document.querySelectorAll(".ledger table:not([data-sorts])")) {
      const rows = [...table.querySelectorAll("tr[data-design]")];
      table.dataset.sorts = "";
      if (!rows.length) continue;
      for (const head of table.tHead.rows[0].cells) {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        button.addEventListener("click", () => sort(table, head, rows));
        head.append(button);
      }
    }
    // A link to an entry from elsewhere opens what it holds.
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    target?.querySelector?.("details.work-uses")?.setAttribute("open", "");
  }

  document$.subscribe(mount);
})();
