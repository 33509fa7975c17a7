/** How long ago something was. For screens and consoles alike.
 * The wall's clock may be set under an open page, back by hours; the steady one stands still while
 * the machine sleeps. The longer of the two is believed: silence is told too soon, never too late. */

export const mark = () => ({ steady: performance.now(), wall: Date.now() });

/** ms since then; never less because a clock was set back. */
export const since = (then) => Math.max(performance.now() - then.steady, Date.now() - then.wall);
