// Keys: J and K move through the list, Enter opens, / goes to the search box.
const rows = () => [...document.querySelectorAll('.inbox-row')];

function isTyping(target) {
  return target.closest('input, textarea, select, [contenteditable], dialog');
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.classList.contains('selected'));
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), all.length - 1);
  all[next].focus();
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  if (key === '/') {
    event.preventDefault();
    document.querySelector('.ct-search input')?.focus();
  } else if (key === 'j') move(1);
  else if (key === 'k') move(-1);
});

document.addEventListener('focusin', (event) => {
  const row = event.target.closest('.inbox-row');
  if (!row) return;
  for (const other of rows()) other.classList.toggle('selected', other === row);
});
