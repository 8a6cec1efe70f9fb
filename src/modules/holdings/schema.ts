import { z } from 'zod';
import {
  idInput,
  idView,
  instantInput,
  instantView,
  page,
  pageQuery,
  pageQueryWith,
  rateInput,
  rateView,
} from '../../platform/http';
import { CURRENCIES } from '../../kernel/currency';
import type { RegisterExtract } from './extract';
import { INSTRUMENT_KINDS, type Instrument } from './instrument';
import { EVENT_KINDS, type RegisterEvent } from './register';
import type { OwnHolding } from './register.service';

const units = z.string().meta({ description: 'A whole number.', examples: ['12500'] });

const unitsInput = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, { error: 'Units are a whole number above zero.' })
  .transform(BigInt)
  .meta({ examples: ['1000000'] });

export const instrumentParams = z.strictObject({ id: idInput('ins') });
export const registerParams = z.strictObject({ instrumentId: idInput('ins') });
export const instrumentsQuery = pageQueryWith({ issuerId: idInput('iss').optional() });
export const registerQuery = z.strictObject({
  at: instantInput.optional().meta({ description: 'As of this instant; now when absent.' }),
});
export const eventsQuery = pageQuery;
export const holdingsQuery = pageQuery;

export const instrumentBody = z.strictObject({
  issuerId: idInput('iss'),
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .regex(/^[^\p{Cc}]*$/u),
  currency: z.enum(CURRENCIES),
  parValue: rateInput.optional(),
  authorisedUnits: unitsInput.optional(),
});

export const instrumentView = z.object({
  id: idView('ins'),
  issuerId: idView('iss'),
  kind: z.enum(INSTRUMENT_KINDS),
  name: z.string(),
  currency: z.enum(CURRENCIES),
  parValue: rateView.optional(),
  authorisedUnits: units.optional(),
  createdAt: instantView,
});

const share = z.string().meta({
  description: 'Percent of all units, four decimals. The shares of a register sum to 100.0000.',
  examples: ['12.5000'],
});

export const registerView = z.object({
  instrument: instrumentView,
  issuerName: z.string(),
  asOf: instantView,
  position: z.string().meta({ description: 'How many events the register had then.' }),
  headHash: z
    .string()
    .optional()
    .meta({ description: 'SHA-256 of the last event, which seals all before it.' }),
  issued: units,
  cancelled: units,
  outstanding: units,
  holderCount: z.int(),
  names: z.enum(['full', 'masked']),
  lines: z
    .array(z.object({ investorId: idView('inv'), name: z.string(), units, share }))
    .readonly(),
  madeAt: instantView,
});

const holder = z.object({ investorId: idView('inv') }).optional();

export const eventsView = page(
  z.object({
    position: z.string(),
    kind: z.enum(EVENT_KINDS),
    from: holder,
    to: holder,
    units,
    price: rateView.optional(),
    reversesPosition: z.string().optional(),
    source: z.object({ type: z.string(), id: z.string() }),
    reason: z.string().optional(),
    occurredAt: instantView,
    enteredAt: instantView,
    hash: z.string(),
  }),
);

export const holdingsView = page(
  z.object({
    instrumentId: idView('ins'),
    issuerId: idView('iss'),
    name: z.string(),
    currency: z.enum(CURRENCIES),
    units,
    share,
  }),
);

export function asInstrument(instrument: Instrument): z.input<typeof instrumentView> {
  return { ...instrument, authorisedUnits: instrument.authorisedUnits?.toString() };
}

export function asRegister(extract: RegisterExtract): z.input<typeof registerView> {
  return {
    ...extract,
    instrument: asInstrument(extract.instrument),
    position: extract.position.toString(),
    issued: extract.issued.toString(),
    cancelled: extract.cancelled.toString(),
    outstanding: extract.outstanding.toString(),
    lines: extract.lines.map((line) => ({ ...line, units: line.units.toString() })),
  };
}

export function asEvent(event: RegisterEvent) {
  return {
    ...event,
    from: asHolder(event.from),
    to: asHolder(event.to),
    position: event.position.toString(),
    units: event.units.toString(),
    reversesPosition: event.reversesPosition?.toString(),
  };
}

/** The party behind an investor is the installation's business, not this operator's. */
function asHolder(holder: RegisterEvent['to']) {
  return holder && { investorId: holder.investorId };
}

export function asHolding(holding: OwnHolding) {
  const { instrumentId, issuerId, name, currency, share: part } = holding;
  return { instrumentId, issuerId, name, currency, units: holding.units.toString(), share: part };
}
