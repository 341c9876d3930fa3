/**
 * The report works without it. It opens what a link points into, opens everything for printing, and
 * filters the list of payments. It reads the page and builds no markup.
 */
export const SCRIPT = `"use strict";
(() => {
  const reveal = (target) => {
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    reveal(target);
    target.scrollIntoView();
    if (target.hasAttribute("tabindex")) target.focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  follow();
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.all)")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
  for (const field of document.querySelectorAll("p.filter")) {
    field.hidden = false;
    const rows = [...field.parentElement.querySelectorAll("tbody tr")];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    field.querySelector("input").addEventListener("input", (event) => {
      const wanted = event.target.value.toLowerCase();
      rows.forEach((row, index) => {
        row.hidden = !texts[index].includes(wanted);
      });
    });
  }
})();
`;
