// Times on the wall of the site, by the table of offsets the hub hands out: what a browser knows of
// time zones may be years old, and then be an hour off.
const MINUTE = 60000;

/** The table of a page: [[from when in ms, minutes ahead of UTC], …]. */
export function tableOf(text) {
  try {
    const table = JSON.parse(text || "");
    return Array.isArray(table) && table.length ? table : null;
  } catch (error) {
    return null;
  }
}

export class Zone {
  constructor(table) {
    this.table = table || [[0, 0]];
  }

  /** How many minutes ahead of UTC the wall is at `ms`. */
  minutes(ms) {
    let found = this.table[0][1];
    for (const [from, minutes] of this.table) if (from <= ms) found = minutes;
    return found;
  }

  /** The wall at `ms`, to be read or formatted as UTC. */
  wall(ms) {
    return new Date(ms + this.minutes(ms) * MINUTE);
  }

  /** Whether two moments are on one day of the wall. */
  sameDay(one, other) {
    return this.wall(one).toISOString().slice(0, 10) === this.wall(other).toISOString().slice(0, 10);
  }

  /** ` (UTC+1)` where the wall shows this time twice that night, else nothing. */
  twice(ms) {
    for (let i = 1; i < this.table.length; i += 1) {
      const [at, after] = this.table[i];
      const back = (this.table[i - 1][1] - after) * MINUTE;
      if (back > 0 && ms >= at - back && ms < at + back) return ` (${utc(this.minutes(ms))})`;
    }
    return "";
  }
}

function utc(minutes) {
  const size = Math.abs(minutes);
  const rest = size % 60 ? `:${String(size % 60).padStart(2, "0")}` : "";
  return `UTC${minutes < 0 ? "-" : "+"}${Math.floor(size / 60)}${rest}`;
}
