/**
 * How much memory the process holds. The system tells it by a file, which cannot be opened where all
 * files are used up: then it is what it was before, since a heartbeat must not depend on it.
 */
let last = 0;

export function residentBytes(): number {
  try {
    last = process.memoryUsage.rss();
  } catch {
    // No file is left to read it from.
  }
  return last;
}
