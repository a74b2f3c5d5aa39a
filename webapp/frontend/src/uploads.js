// A form with data-upload shows its progress; without this it is a plain form.

// The answer is shown as it came: fetched again, it would have lost its notice.
function showAnswer(request) {
  const page = new DOMParser().parseFromString(request.responseText, 'text/html');
  const main = page.querySelector('#main');
  if (!main) return;
  document.querySelector('#main').replaceWith(document.adoptNode(main));
  document.title = page.title;
  if (request.status < 400) window.history.pushState(null, '', request.responseURL);
  window.htmx?.process(main);
  main.focus();
  window.scrollTo(0, 0);
}

function send(form, bar, state) {
  const request = new XMLHttpRequest();
  request.upload.addEventListener('progress', (event) => {
    if (!event.lengthComputable) return;
    bar.value = event.loaded / event.total;
    state.textContent = `${Math.floor((100 * event.loaded) / event.total)} %`;
  });
  request.addEventListener('load', () => showAnswer(request));
  request.addEventListener('error', () => {
    bar.hidden = true;
    state.textContent = form.dataset.failed;
  });
  request.open('POST', form.action);
  request.send(new FormData(form));
  bar.hidden = false;
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('form[data-upload]') || event.defaultPrevented) return;
  const bar = form.querySelector('progress');
  const state = form.querySelector('[data-state]');
  if (!bar || !state) return;
  event.preventDefault();
  send(form, bar, state);
});

for (const kind of ['dragover', 'dragleave', 'drop']) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.('.drop');
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle('is-over', kind === 'dragover');
    if (kind !== 'drop') return;
    const field = zone.querySelector('input[type="file"]');
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
