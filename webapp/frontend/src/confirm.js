// A form or button with data-confirm asks first, in a native dialog.
const dialog = () => document.getElementById('confirm-dialog');

let waiting = null;

// The page may have been drawn anew while somebody read the question.
function successor(form, question) {
  return [...form.elements].find((each) => each.dataset.confirm === question);
}

document.addEventListener('submit', (event) => {
  const button = event.submitter;
  const question = button?.dataset.confirm ?? event.target.dataset.confirm;
  if (!question || waiting === event.target || !dialog()?.showModal) {
    waiting = null;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  dialog().querySelector('[data-question]').textContent = question;
  dialog().addEventListener(
    'close',
    () => {
      if (dialog().returnValue !== 'yes') return;
      const pressed = button?.isConnected === false ? successor(event.target, question) : button;
      if (pressed?.disabled) return; // what the page has learned meanwhile is written beside it
      waiting = event.target;
      event.target.requestSubmit(pressed ?? undefined);
    },
    { once: true },
  );
  dialog().returnValue = '';
  dialog().showModal();
}, true);

// A second press of the same button must not send the form twice.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  window.setTimeout(() => delete form.dataset.sent, 4000);
});

// Menus made of <details> close on Escape and on a click elsewhere.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.ct-me[open]')) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.ct-me[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-print]')) window.print();
});
