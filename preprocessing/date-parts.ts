/**
 * Dates as numbers: `2024-02-29`, `2024-02-29 13:05`, `2024-02-29T13:05:00.5Z`, `…+02:00`.
 *
 * Parts are those that the text says, whatever its offset; a timestamp is in seconds of UTC, and a
 * text without an offset is taken to be UTC. What is no date is missing.
 */
import type { DatePart } from '../schemas/preprocess.ts';

const pattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;
const monthStarts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The parts asked for, in that order; null for what is no date. */
export function dateParts(text: string, parts: readonly DatePart[]): number[] | null {
  const found = pattern.exec(text.trim());
  if (found === null) return null;
  const at = (group: number) => Number(found[group] ?? 0);
  const [year, month, day, hour, minute] = [at(1), at(2), at(3), at(4), at(5)];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = (monthDays[month - 1] ?? 0) + Number(leap && month === 2);
  if (day < 1 || day > days || hour > 23 || minute > 59 || at(6) > 59) return null;
  const dayOfYear = monthStarts[month - 1]! + Number(leap && month > 2) + day;
  const since = daysBefore(year) + dayOfYear - 1;
  const second = at(6) + Number(`0.${found[7] ?? 0}`);
  const offset = (found[8] === '-' ? -1 : 1) * (at(9) * 60 + at(10)) * 60;
  const known: Record<DatePart, number> = {
    ...{ year, month, day, hour, minute, second },
    'day-of-year': dayOfYear,
    // The first of January 1970 was a Thursday.
    weekday: (((since + 3) % 7) + 7) % 7,
    timestamp: since * 86_400 + hour * 3_600 + minute * 60 + second - offset,
  };
  return parts.map((part) => known[part]);
}

/** Days from 1970 to the first of January. */
function daysBefore(year: number): number {
  const whole = (by: number) => Math.floor((year - 1) / by) - Math.floor(1969 / by);
  return (year - 1970) * 365 + whole(4) - whole(100) + whole(400);
}
