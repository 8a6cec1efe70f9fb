import { z } from 'zod';
import { Money } from '../../../src/kernel/money';
import { rate } from '../../../src/kernel/rate';
import {
  booleanQuery,
  dateInput,
  dateView,
  idInput,
  instantInput,
  instantView,
  lineInput,
  moneyView,
  pageOf,
  positiveMoneyInput,
  rateInput,
  rateView,
  signedMoneyInput,
  textInput,
} from '../../../src/platform/http';

describe('wire pieces take what they name', () => {
  it.each<{ piece: string; schema: z.ZodType; wire: unknown; value: unknown }>([
    {
      piece: 'money below zero',
      schema: signedMoneyInput,
      wire: { amount: '-1.5', currency: 'EUR' },
      value: Money.ofMinor(-150n, 'EUR'),
    },
    {
      piece: 'yen',
      schema: positiveMoneyInput,
      wire: { amount: '5', currency: 'JPY' },
      value: Money.ofMinor(5n, 'JPY'),
    },
    { piece: 'a rate', schema: rateInput, wire: '0.085', value: rate('0.085') },
    {
      piece: 'an instant',
      schema: instantInput,
      wire: '2025-03-10T10:00:00+01:00',
      value: new Date('2025-03-10T09:00:00Z'),
    },
    { piece: 'a leap day', schema: dateInput, wire: '2024-02-29', value: '2024-02-29' },
    {
      piece: 'an id',
      schema: idInput('sub'),
      wire: 'sub_01JTVST7XAES5BXHWZN4KR4VEZ',
      value: 'sub_01JTVST7XAES5BXHWZN4KR4VEZ',
    },
    { piece: 'a line', schema: lineInput(), wire: '  Ünïted 股份 ', value: 'Ünïted 股份' },
    { piece: 'text', schema: textInput(), wire: 'two\nlines', value: 'two\nlines' },
    { piece: 'true', schema: booleanQuery, wire: 'true', value: true },
    { piece: 'false', schema: booleanQuery, wire: 'false', value: false },
  ])('$piece', ({ schema, wire, value }) => {
    expect(schema.parse(wire)).toEqual(value);
  });
});

describe('wire pieces refuse', () => {
  it.each<{ piece: string; schema: z.ZodType; wire: unknown }>([
    {
      piece: 'nothing where more is needed',
      schema: positiveMoneyInput,
      wire: { amount: '0.00', currency: 'EUR' },
    },
    {
      piece: 'more than a BIGINT holds',
      schema: signedMoneyInput,
      wire: { amount: '99999999999999999999', currency: 'EUR' },
    },
    { piece: 'infinity', schema: rateInput, wire: 'Infinity' },
    { piece: 'an exponent', schema: rateInput, wire: '1e2' },
    { piece: 'an instant without offset', schema: instantInput, wire: '2025-03-10T10:00:00' },
    { piece: 'an instant of another age', schema: instantInput, wire: '0025-03-10T10:00:00Z' },
    { piece: 'a thirtieth of February', schema: dateInput, wire: '2025-02-30' },
    {
      piece: 'an id of another kind',
      schema: idInput('sub'),
      wire: 'off_01JTVST7XAES5BXHWZN4KR4VEZ',
    },
    {
      piece: 'an id in lower case',
      schema: idInput('sub'),
      wire: 'sub_01jtvst7xaes5bxhwzn4kr4vez',
    },
    { piece: 'a line of two lines', schema: lineInput(), wire: 'a\nb' },
    { piece: 'a line that is empty when trimmed', schema: lineInput(), wire: '   ' },
    { piece: 'a long line', schema: lineInput(3), wire: 'four' },
    { piece: 'yes', schema: booleanQuery, wire: 'yes' },
  ])('$piece', ({ schema, wire }) => {
    expect(schema.safeParse(wire).success).toBe(false);
  });
});

describe('views', () => {
  it('write domain values as they stand on the wire', () => {
    expect(moneyView.parse(Money.ofMinor(-150n, 'EUR'))).toEqual({
      amount: '-1.50',
      currency: 'EUR',
    });
    expect(rateView.parse(rate('0.000000000000000001'))).toBe('0.000000000000000001');
    expect(instantView.parse(new Date('2025-03-10T09:00:00Z'))).toBe('2025-03-10T09:00:00.000Z');
    expect(dateView.parse('2025-03-10')).toBe('2025-03-10');
  });

  it('refuse what is no domain value', () => {
    expect(moneyView.safeParse({ amount: '1.00', currency: 'EUR' }).success).toBe(false);
    expect(instantView.safeParse('2025-03-10').success).toBe(false);
  });
});

describe('a page', () => {
  const rows = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
  const cursor = (row: { id: string }) => row.id;

  it('that is not the last names where the next begins', () => {
    expect(pageOf(rows, 2, cursor)).toEqual({ items: [{ id: 'a' }, { id: 'b' }], next: 'b' });
  });

  it('that is the last does not', () => {
    expect(pageOf(rows, 3, cursor)).toEqual({ items: rows });
    expect(pageOf([], 3, cursor)).toEqual({ items: [] });
  });
});
