// Arrow keys in the matrix of content: from cell to cell, wherever one has something to press.
(() => {
  "use strict";
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const rows = [...grid.tBodies[0].rows];
  const target = (row, column) => rows[row]?.cells[column]?.querySelector("[data-cell]");

  grid.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !event.target.matches("[data-cell]")) return;
    const cell = event.target.closest("td");
    let row = rows.indexOf(cell.parentElement);
    let column = cell.cellIndex;
    do {
      row += step[0];
      column += step[1];
      if (row < 0 || row >= rows.length || column < 1 || column >= rows[0].cells.length) return;
    } while (!target(row, column));
    event.preventDefault();
    target(row, column).focus();
  });
})();
