// Unsaved entries: a warning before they are lost; the error summary gets focus.
const dirty = new Set();

document.addEventListener('input', (event) => {
  const form = event.target.closest('form[data-guard]');
  if (form) dirty.add(form);
});

document.addEventListener('submit', (event) => dirty.delete(event.target));

// A draft that the server has taken is no longer unsaved.
document.addEventListener('htmx:after:request', (event) => {
  const form = event.target.closest?.('form[data-guard]');
  const answer = event.detail?.ctx?.response;
  if (form && answer && answer.status < 400) dirty.delete(form);
});

window.addEventListener('beforeunload', (event) => {
  const unsaved = [...dirty].some((form) => form.isConnected);
  if (unsaved) event.preventDefault();
});

document.querySelector('.summary-errors')?.focus();

// Fields that depend on another one appear as soon as it is answered.
function isAnswered(condition) {
  return Object.entries(condition).every(([name, wanted]) => {
    const fields = [...document.getElementsByName(name)];
    const chosen = fields.filter((field) => !/radio|checkbox/.test(field.type) || field.checked);
    const values = chosen.map((field) => field.value);
    const options = Array.isArray(wanted) ? wanted : [wanted];
    return options.some((option) => values.includes(String(option)));
  });
}

function showDependants() {
  for (const field of document.querySelectorAll('[data-show-if]')) {
    field.hidden = !isAnswered(JSON.parse(field.dataset.showIf));
  }
}

if (document.querySelector('[data-show-if]')) {
  document.addEventListener('change', showDependants);
  showDependants();
}
