import { Money } from '../../kernel/money';
import { unitWord } from './instrument';
import { loanFaults } from './loan-terms';
import type { Reason } from './reason';
import type { OfferingTerms } from './terms';
import { assuredRaise, costOf, sharePrice } from './ticket';

/** Every way in which the terms contradict themselves; none when they make sense. */
export function termFaults(terms: OfferingTerms): readonly Reason[] {
  const currencies = currencyFaults(terms);
  // Amounts of several currencies cannot be compared at all.
  if (currencies.length > 0) return currencies;
  return [
    ...sizeFaults(terms),
    ...ticketFaults(terms),
    ...otherFaults(terms),
    ...loanFaults(terms),
  ];
}

function currencyFaults(terms: OfferingTerms): readonly Reason[] {
  const { currency, target, maximum, orderLimit, minimumTicket, maximumTicket } = terms;
  const amounts = { target, maximum, orderLimit, minimumTicket, maximumTicket };
  return Object.entries(amounts).flatMap(([name, amount]) =>
    amount === undefined || amount.currency === currency
      ? []
      : [
          {
            code: 'mixed-currencies',
            message: `${name} is in ${amount.currency}, the offering in ${currency}.`,
          },
        ],
  );
}

function sizeFaults(terms: OfferingTerms): readonly Reason[] {
  const { target, maximum, orderLimit } = terms;
  const faults: Reason[] = [];
  if (!target.isPositive) {
    faults.push({ code: 'target-not-positive', message: 'The target must be above zero.' });
  }
  if (target.isMoreThan(maximum)) {
    const message = `The target of ${target} is above the maximum of ${maximum}.`;
    faults.push({ code: 'target-above-maximum', message });
  }
  if (maximum.isMoreThan(orderLimit)) {
    const message = `Orders are taken up to ${orderLimit}, less than the maximum of ${maximum}.`;
    faults.push({ code: 'order-limit-below-maximum', message });
  }
  return faults;
}

function ticketFaults(terms: OfferingTerms): readonly Reason[] {
  const { price, target, maximum, minimumTicket, maximumTicket } = terms;
  const word = unitWord(terms.instrument);
  // A share below a minor unit could be had for nothing by rounding.
  if (price.lessThan(Money.ofMinor(1n, terms.currency).toDecimal())) {
    const message = `A ${word} must cost at least one minor unit (a cent).`;
    return [{ code: 'price-too-small', message }];
  }
  const share = sharePrice(terms);
  const faults: Reason[] = [];
  if (minimumTicket.isLessThan(costOf(share, 1n))) {
    const message = `The minimum ticket of ${minimumTicket} does not buy one ${word}.`;
    faults.push({ code: 'minimum-ticket-below-price', message });
  }
  if (minimumTicket.isMoreThan(maximumTicket ?? maximum)) {
    const message = `The minimum ticket of ${minimumTicket} is above the most an investor may order.`;
    faults.push({ code: 'minimum-ticket-too-large', message });
  }
  const assured = assuredRaise(share, maximum);
  if (!target.isMoreThan(maximum) && target.isMoreThan(assured)) {
    const message =
      `In whole ${word}s a full book may raise no more than ${assured}, ` +
      `below the target of ${target}.`;
    faults.push({ code: 'target-out-of-reach', message });
  }
  return faults;
}

function otherFaults(terms: OfferingTerms): readonly Reason[] {
  const { opensAt, closesAt, feeRate, legalFormHolderLimit } = terms;
  const faults: Reason[] = [];
  if (opensAt !== undefined && opensAt >= closesAt) {
    faults.push({
      code: 'closes-before-opening',
      message: 'The deadline lies before the opening.',
    });
  }
  if (feeRate.isNegative() || feeRate.greaterThanOrEqualTo(1)) {
    const message = 'The fee must be a fraction of what is raised: at least 0, below 1.';
    faults.push({ code: 'fee-out-of-range', message });
  }
  if (legalFormHolderLimit !== undefined && legalFormHolderLimit < 1) {
    faults.push({ code: 'holder-limit-too-small', message: 'One holder at least must fit.' });
  }
  return faults;
}
