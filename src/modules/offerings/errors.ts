import { problemCatalogue } from '../../kernel/problem';

export const offeringProblem = problemCatalogue('offerings', {
  'not-found': { kind: 'not-found', title: 'There is no such offering' },
  'document-not-found': { kind: 'not-found', title: 'The offering has no such document' },
  'wrong-status': { kind: 'conflict', title: 'The offering is not in a status that allows this' },
  'not-ready': { kind: 'unprocessable', title: 'The offering does not meet every condition yet' },
  'four-eyes': {
    kind: 'forbidden',
    title: 'Whoever wrote or submitted an offering may not approve it',
  },
  'wrong-instrument': {
    kind: 'unprocessable',
    title: 'An offering of this kind does not issue this instrument',
  },
  'review-by-person': {
    kind: 'forbidden',
    title: 'This loan is reviewed by a person, not by its credit decision',
  },
  'not-approved': {
    kind: 'conflict',
    title: 'This version of the offering has not been approved',
  },
  'stale-version': {
    kind: 'conflict',
    title: 'The offering was changed since the version this request is based on',
  },
  'frozen-term': {
    kind: 'unprocessable',
    title: 'A term that subscriptions stand on cannot be changed',
  },
  'no-change': { kind: 'unprocessable', title: 'The new terms are those in force' },
  'not-permitted': { kind: 'forbidden', title: 'The rulebook does not permit this' },
  'document-too-large': { kind: 'too-large', title: 'The document is too large' },
  'document-in-use': { kind: 'conflict', title: 'The document belongs to published terms' },
  'duplicate-external-id': {
    kind: 'conflict',
    title: 'Another offering of the operator has this external id',
  },
  'not-owner': { kind: 'forbidden', title: 'Only the issuer itself or staff may do this' },
});
