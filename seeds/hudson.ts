import { Money } from '../src/kernel/money';
import { OperatorYear } from './operator-year';
import type { Investor } from './people';
import type { Scene } from './scene';

/** A funding portal's year under Regulation Crowdfunding: what went well, and what did not. */
export class HudsonYear extends OperatorYear {
  private readonly accredited: Investor[] = [];

  scenes(): readonly Scene[] {
    return [
      ...this.people(),
      ...this.lantern(),
      ...this.bakery(),
      ...this.coffee(),
      ...this.kelp(),
      ...this.sheds(),
      ...this.games(),
      ...this.today(),
    ];
  }

  private people(): readonly Scene[] {
    return [
      { day: 1, what: 'The first investors join Hudson', play: () => this.joinFirst() },
      { day: 2, what: 'Some of them need a second look', play: () => this.joinDoubtful() },
      { day: 118, what: 'More investors join Hudson', play: () => this.join(7, '4200.00') },
      { day: 300, what: 'An investor is shut out', play: () => this.suspendOne() },
      { day: 320, what: 'Cash comes and goes', play: () => this.moveCash() },
    ];
  }

  private async joinFirst(): Promise<void> {
    const { house } = this;
    const means = {
      annualIncome: house.money('90000.00'),
      netWorth: house.money('118000.00'),
    };
    this.crowd.push(await house.investor({ mailbox: 'investor', means, cash: '9000.00' }));
    for (const person of this.shared) {
      this.crowd.push(await house.investor({ person, cash: '6500.00' }));
    }
    await this.join(6, '5400.00');
    const mailboxes = ['accredited.investor', undefined, undefined];
    for (const mailbox of mailboxes) {
      this.accredited.push(
        await house.investor({ ...(mailbox && { mailbox }), tier: 'accredited', cash: '60000.00' }),
      );
    }
  }

  private async suspendOne(): Promise<void> {
    const { house } = this;
    const suspect = await house.investor({ cash: '1200.00' });
    await house.suspend(suspect, 'The bank reported the account as taken over.');
  }

  private async moveCash(): Promise<void> {
    const { house } = this;
    const [first, second, third, fourth] = this.crowd;
    if (!first || !second || !third || !fourth) return;
    await house.deposit(first, '1500.00');
    await house.deposit(second, '750.13');
    await house.deposit(third, '820.17');
    await house.withdraw(fourth, '300.00');
    await this.strayTransfer();
  }

  /** Money without a reference: one colleague says whose it is, another has yet to agree. */
  private async strayTransfer(): Promise<void> {
    const { house } = this;
    const { custodian, paymentDispatcher, transfers } = house.stage.services;
    const operatorId = house.operator.id;
    await custodian.receiveTransfer({
      operatorId,
      amount: house.money('415.00'),
      reference: 'for my shares',
      payer: { name: 'A. Whitfield', account: house.accountNumber() },
    });
    await paymentDispatcher.run(operatorId);
    const [stray] = await house.read((db) => transfers.list(db, { limit: 1 }));
    const owner = this.crowd[4];
    if (!stray || !owner) return;
    const proposal = {
      investorId: owner.id,
      note: 'The payer wrote in: it is for these shares.',
    };
    await house.write(house.staff.operations, (tx) => transfers.propose(tx, stray.id, proposal));
  }

  private lantern(): readonly Scene[] {
    const { house, year } = this;
    return [
      {
        day: 8,
        what: 'Lantern Robotics applies',
        play: () => this.apply('Lantern Robotics', { mailbox: 'issuer' }),
      },
      {
        day: 10,
        what: 'Lantern Robotics opens its round',
        play: () =>
          this.open('Lantern Robotics', {
            summary: 'Robots that carry shelves through small warehouses at night.',
            price: '2.04',
            target: '15000.00',
            maximum: '24000.00',
            orderLimit: '40000.00',
            closesAt: year.at(44, 21),
          }),
      },
      {
        day: 14,
        what: 'Lantern Robotics is subscribed',
        play: async () => {
          await this.subscribe('Lantern Robotics', this.crowd, [100, 4, 14]);
          await this.subscribe('Lantern Robotics', this.accredited, [500, 10, 18]);
        },
      },
      { day: 15, what: 'Orders that the law refuses', play: () => this.breakRules() },
      {
        day: 18,
        what: 'Somebody thinks better of it',
        play: () => this.revoke('Lantern Robotics', this.crowd[5]),
      },
      {
        day: 47,
        what: 'Lantern Robotics is paid out',
        play: async () => {
          await this.payProceeds('Lantern Robotics');
          await house.sweepFees();
        },
      },
    ];
  }

  /** Each of these is refused with its rule; nothing of it stays but the record. */
  private async breakRules(): Promise<void> {
    const { house } = this;
    const offering = this.offering('Lantern Robotics');
    const [investor, other] = this.crowd;
    if (!investor || !other) return;
    await house.refused(investor, offering, '8600.00');
    await house.refused(other, offering, { amount: '500.00', acknowledged: {} });
    await house.refused(other, offering, { amount: '500.00', documents: [] });
    await house.refused(other, offering, '20.00');
  }

  private bakery(): readonly Scene[] {
    const { year } = this;
    const name = 'Marsh & Mill Bakery';
    return [
      { day: 48, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 50,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'A second oven and a van for a bakery that mills its own flour.',
            price: '1.00',
            target: '30000.00',
            maximum: '60000.00',
            closesAt: year.at(85, 21),
          }),
      },
      {
        day: 60,
        what: `${name} finds few friends`,
        play: () => this.subscribe(name, this.crowd.slice(2, 9), [100, 2, 6]),
      },
    ];
  }

  private coffee(): readonly Scene[] {
    const { year } = this;
    const name = 'Cinder Coffee Roasters';
    return [
      { day: 120, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 124,
        what: `${name} opens, first come first served`,
        play: () =>
          this.open(name, {
            summary: 'Roasting with waste heat, in a former foundry.',
            price: '3.20',
            target: '8000.00',
            maximum: '12000.00',
            orderLimit: '18000.00',
            method: 'first-come',
            closesAt: year.at(160, 21),
          }),
      },
      {
        day: 125,
        what: `${name} is rushed`,
        play: () => this.subscribe(name, this.crowd.slice(0, 12), [80, 4, 12]),
      },
      {
        day: 131,
        what: `${name} has a waiting list`,
        play: () => this.subscribe(name, this.crowd.slice(12), [80, 6, 14]),
      },
      { day: 163, what: `${name} is paid out`, play: () => this.payProceeds(name) },
    ];
  }

  private kelp(): readonly Scene[] {
    const { house, year } = this;
    const name = 'Tidewater Kelp';
    return [
      { day: 196, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 198,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'Lines of sugar kelp off a working waterfront.',
            price: '5.00',
            target: '20000.00',
            maximum: '50000.00',
            closesAt: year.at(260, 21),
          }),
      },
      {
        day: 205,
        what: `${name} is subscribed`,
        play: () => this.subscribe(name, this.crowd.slice(6, 14), [100, 3, 8]),
      },
      {
        day: 214,
        what: `${name} takes its offering back`,
        play: () =>
          house.withdrawOffering(
            this.offering(name),
            this.issuer(name),
            'The lease of the waterfront was not renewed.',
          ),
      },
    ];
  }

  private sheds(): readonly Scene[] {
    const { house, year } = this;
    const name = 'Prairie Solar Sheds';
    return [
      { day: 224, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 226,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'Sheds whose roofs are panels, delivered flat.',
            price: '0.75',
            target: '6000.00',
            maximum: '30000.00',
            closesAt: year.at(282, 21),
          }),
      },
      {
        day: 230,
        what: `${name} is subscribed`,
        play: () => this.subscribe(name, this.crowd.slice(3, 15), [75, 8, 20]),
      },
      {
        day: 245,
        what: `${name} changes its terms`,
        play: () =>
          house.changeTerms(
            this.offering(name),
            'The supplier of panels failed; the round is smaller, and a new one is named.',
            (terms) => ({
              ...terms,
              maximum: Money.parse('20000.00', 'USD'),
              orderLimit: Money.parse('20000.00', 'USD'),
            }),
          ),
      },
      {
        day: 246,
        what: `Most stand by ${name}`,
        // The last two say nothing, and are released when their time is over.
        play: () => this.reconfirm(name, 2),
      },
      { day: 285, what: `${name} is paid out`, play: () => this.payProceeds(name) },
    ];
  }

  /** Allocated at discretion: closed, and waiting for somebody to decide. */
  private games(): readonly Scene[] {
    const { year } = this;
    const name = 'Hollow Oak Games';
    return [
      { day: 322, what: `${name} applies`, play: () => this.apply(name) },
      {
        day: 325,
        what: `${name} opens its round`,
        play: () =>
          this.open(name, {
            summary: 'Board games of wood, without plastic.',
            price: '4.00',
            target: '4000.00',
            maximum: '9000.00',
            orderLimit: '15000.00',
            method: 'discretionary',
            closesAt: year.at(361, 21),
          }),
      },
      {
        day: 334,
        what: `${name} is subscribed`,
        play: () => this.subscribe(name, this.crowd.slice(1, 15), [100, 3, 8]),
      },
    ];
  }

  /** What is open now, and what is to come. */
  private today(): readonly Scene[] {
    const { year } = this;
    return [
      {
        day: 338,
        what: 'Lantern Robotics opens a second round',
        play: () =>
          this.open('Lantern Robotics', {
            title: 'Lantern Robotics, second round',
            summary: 'A second hall, and robots that climb.',
            price: '3.10',
            target: '25000.00',
            maximum: '120000.00',
            minimumTicket: '150.00',
            closesAt: year.at(400, 21),
          }),
      },
      {
        day: 341,
        what: 'The second round is subscribed',
        play: () => this.subscribe('Lantern Robotics', this.accredited, [1000, 5, 9]),
      },
      {
        day: 344,
        what: 'Juniper Diagnostics opens, first come first served',
        play: async () => {
          await this.apply('Juniper Diagnostics');
          await this.open('Juniper Diagnostics', {
            summary: 'A test for mastitis that a farmer can read.',
            price: '1.25',
            target: '5000.00',
            maximum: '8000.00',
            orderLimit: '14000.00',
            method: 'first-come',
            closesAt: year.at(385, 21),
          });
        },
      },
      {
        day: 347,
        what: 'Juniper Diagnostics is rushed',
        play: () => this.subscribe('Juniper Diagnostics', this.crowd.slice(0, 14), [100, 5, 9]),
      },
      {
        day: 352,
        what: 'More companies apply',
        play: async () => {
          await this.apply('Riverbend Looms');
          await this.apply('Anvil & Ash Tools');
          await this.apply('Saltgrass Labs', { until: 'verified' });
        },
      },
      { day: 356, what: 'The next rounds are prepared', play: () => this.prepareNext() },
    ];
  }

  private async prepareNext(): Promise<void> {
    const { year } = this;
    await this.open('Riverbend Looms', {
      summary: 'Looms for small mills, built to be repaired.',
      target: '12000.00',
      maximum: '48000.00',
      opensAt: year.at(372, 14),
      closesAt: year.at(430, 21),
    });
    await this.open('Anvil & Ash Tools', {
      summary: 'Hand tools with handles from the next valley.',
      target: '10000.00',
      maximum: '40000.00',
      closesAt: year.at(440, 21),
      until: 'in-review',
    });
    await this.open('Saltgrass Labs', {
      summary: 'Salt-tolerant seed for flooded fields.',
      target: '40000.00',
      maximum: '100000.00',
      closesAt: year.at(450, 21),
      until: 'draft',
    });
  }
}
