import { z } from 'zod';
import { rate } from '../../kernel/rate';
import { CONTACT_CHANNELS, STOP_KINDS } from './desk-policy';

const days = z.int().min(1).max(366);
const months = z.int().min(1).max(60);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const amounts = z.record(z.string().regex(/^[A-Z]{3}$/), z.string().regex(/^\d+(\.\d{1,3})?$/));
const fraction = z
  .string()
  .regex(/^0(\.\d{1,8})?$/)
  .transform((text) => rate(text));

const sourced = {
  citation: z.string().min(1),
  verification: z.enum(['verified', 'cross-checked', 'unverified']),
};

const contacts = z.strictObject({
  channels: z.array(z.enum(CONTACT_CHANNELS)).min(1),
  frequency: z.strictObject({ most: z.int().min(1), days, ...sourced }).optional(),
  afterConversation: z.strictObject({ days, ...sourced }).optional(),
  hours: z
    .strictObject({ from: timeOfDay, to: timeOfDay, ...sourced })
    .refine(({ from, to }) => from < to, { message: 'hours end after they begin' })
    .optional(),
  holidays: z.strictObject(sourced).optional(),
  stops: z.array(z.strictObject({ kind: z.enum(STOP_KINDS), ...sourced })),
});

/** The part of a servicing policy that binds whoever works on arrears. */
export const deskPolicy = z.strictObject({
  contacts,
  promises: z.strictObject({ withinDays: days, pausesContacts: z.boolean() }),
  costs: z.strictObject({ secondPersonAbove: amounts }),
  restructuring: z.strictObject({
    consent: z.strictObject({ share: fraction, votingDays: days }).optional(),
    probationMonths: months,
  }),
  cure: z.strictObject({ months, monthsWhenForborne: months }),
});
