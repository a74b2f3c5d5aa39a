// <count-down until="…" left="… {0}" over="… {0}">: ticks within the last day.
const DAY = 86400;

function clock(seconds) {
  const pad = (number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `${pad(hours)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

class CountDown extends HTMLElement {
  connectedCallback() {
    this.until = Date.parse(this.getAttribute('until'));
    // The server's clock counts, so only the time since the page came is ours.
    this.offset = Date.parse(this.getAttribute('now')) - Date.now();
    this.timer = window.setInterval(() => this.tick(), 1000);
    this.tick();
  }

  disconnectedCallback() {
    window.clearInterval(this.timer);
  }

  tick() {
    const left = Math.round((this.until - Date.now() - this.offset) / 1000);
    if (Number.isNaN(left) || Math.abs(left) >= DAY) return;
    const words = this.getAttribute(left >= 0 ? 'left' : 'over');
    this.textContent = words.replace('{0}', clock(Math.abs(left)));
  }
}

customElements.define('count-down', CountDown);
