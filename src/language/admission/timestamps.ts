/** Points in time that `recoveryTarget.targetTime` takes. Source: the operator's manual, "Point in Time Recovery". */
import { isTime } from './decode.ts';

/** As PostgreSQL prints them, RFC 3339, or RFC 3339 without a zone. */
export const isTargetTime = (text: string): boolean => postgres.test(text) || isTime(text) || isTime(`${text}Z`);

/** Days and hours are not looked up in a calendar: the operator takes them as they come. */
const postgres = /^\d{1,18}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d{1,18})?(?:[-+]\d\d(?::\d\d(?::\d\d)?)?|Z)?)?(?: BC)?$/;
