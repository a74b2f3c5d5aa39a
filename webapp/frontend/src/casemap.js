// <case-map src="…">: the diagram of a case, with where it stands.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './polyfills.js';
import { center, fit, zoomBy } from './casemap/viewport.js';
import { label, paint } from './casemap/states.js';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

class CaseMap extends HTMLElement {
  connectedCallback() {
    // On a phone the steps are listed instead: nothing is fetched until it is seen.
    this.watch = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      this.watch.disconnect();
      this.load();
    });
    this.watch.observe(this);
  }

  async load() {
    const answer = await fetch(this.getAttribute('src'), { credentials: 'same-origin' });
    if (!answer.ok) return this.fail();
    this.state = await answer.json();
    this.words = JSON.parse(this.getAttribute('words'));
    this.build();
    const wanted = new URLSearchParams(window.location.search).get('map');
    const known = this.state.scopes.some((scope) => scope.key === wanted);
    return this.open(known ? wanted : this.state.open);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    this.viewer?.destroy();
  }

  fail() {
    this.querySelector('[data-wait]').textContent = this.getAttribute('failed');
  }

  build() {
    this.canvasBox = this.querySelector('.canvas');
    this.canvasBox.textContent = '';
    this.tabs = this.querySelector('[data-tabs]');
    for (const scope of this.state.scopes) this.tabs?.append(this.tab(scope));
    if (this.tabs) this.tabs.hidden = this.state.scopes.length < 2;
    // The keyboard of the diagram must not take keys meant for the page.
    this.viewer = new NavigatedViewer({
      container: this.canvasBox,
      zoomScroll: { enabled: false },
    });
    this.listen();
  }

  tab(scope) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = scope.label;
    button.dataset.scope = scope.key;
    button.addEventListener('click', () => this.open(scope.key));
    return button;
  }

  listen() {
    // The wheel belongs to the page until somebody takes hold of the diagram.
    const wheel = (on) => this.viewer.get('zoomScroll').toggle(on);
    this.canvasBox.addEventListener('pointerdown', () => wheel(true));
    this.canvasBox.addEventListener('pointerleave', () => wheel(false));
    this.querySelectorAll('[data-zoom]').forEach((button) => {
      button.addEventListener('click', () => this.zoom(button.dataset.zoom));
    });
    this.viewer.on('element.click', ({ element }) => this.follow(element.id));
    this.canvasBox.addEventListener('keydown', (event) => {
      const id = event.target.dataset?.elementId;
      if (!id || (event.key !== 'Enter' && event.key !== ' ')) return;
      event.preventDefault();
      this.follow(id);
    });
  }

  async open(key) {
    this.scope = this.state.scopes.find((scope) => scope.key === key);
    this.tabs?.querySelectorAll('button').forEach((button) => {
      if (button.dataset.scope === key) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    });
    const answer = await fetch(this.scope.xml, { credentials: 'same-origin' });
    if (!answer.ok) return;
    await this.viewer.importXML(await answer.text());
    paint(this.viewer, this.scope, this.words);
    label(this.viewer, this.scope, this.words);
    center(this.viewer, this.scope.active);
    this.setAttribute('ready', '');
  }

  zoom(how) {
    if (how === 'fit') fit(this.viewer);
    else if (how === 'active') center(this.viewer, this.scope.active);
    else zoomBy(this.viewer, how === 'in' ? 1.25 : 0.8);
  }

  follow(id) {
    const node = this.scope.nodes[id];
    if (node?.calls) this.open(node.calls);
    else if (node?.href) window.location.assign(node.href);
  }
}

customElements.define('case-map', CaseMap);
