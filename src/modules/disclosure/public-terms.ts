import type { RateLimit, ReplyHeaders } from '../../platform/http';

export const TAG = 'Public disclosure';
export const READING: RateLimit = { action: 'disclosure.read', limit: 120, windowSeconds: 60 };
/** Each reads whole tables. */
export const DOWNLOADING: RateLimit = {
  action: 'disclosure.download',
  limit: 30,
  windowSeconds: 60,
};
/** It changes once a month; somebody who is told of a change sees it after minutes. */
export const KEPT: ReplyHeaders = { 'Cache-Control': 'public, max-age=300' };
/** What was published once is never changed. */
export const KEPT_LONG: ReplyHeaders = { 'Cache-Control': 'public, max-age=86400, immutable' };
