/** The mailbox: order, bounds, and how it closes. */
import { describe, expect, it } from 'vitest';
import { Mailbox } from '../../runtime/mailbox.ts';

describe('mailbox', () => {
  it('hands out all that waits, in order, in one go', async () => {
    const box = new Mailbox<number>(10);
    for (const event of [1, 2, 3]) box.offer(event);
    expect(box.size).toBe(3);
    expect(await box.take()).toEqual([1, 2, 3]);
    expect(box.size).toBe(0);
  });

  it('wakes whoever waits', async () => {
    const box = new Mailbox<string>(10);
    const taken = box.take();
    box.offer('late');
    expect(await taken).toEqual(['late']);
  });

  it('refuses when full, counts what it refused, and never blocks the sender', async () => {
    const box = new Mailbox<number>(3);
    expect([1, 2, 3, 4, 5].map((event) => box.offer(event))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(box.refused).toBe(2);
    expect(await box.take()).toEqual([1, 2, 3]);
    expect(box.offer(6)).toBe(true);
  });

  it('always takes the outcome of what the actor itself asked for, until it is closed', async () => {
    const box = new Mailbox<number>(2);
    for (const event of [1, 2, 3]) box.offer(event);
    expect(box.deliver(4)).toBe(true);
    expect(box.refused).toBe(1);
    expect(await box.take()).toEqual([1, 2, 4]);
    box.close();
    expect(box.deliver(5)).toBe(false);
    expect(await box.take()).toBeNull();
  });

  it('once closed takes nothing more, hands out the rest, then ends', async () => {
    const box = new Mailbox<number>(3);
    box.offer(1);
    box.close();
    expect(box.offer(2)).toBe(false);
    expect(await box.take()).toEqual([1]);
    expect(await box.take()).toBeNull();
    expect(await box.take()).toBeNull();
  });

  it('ends the wait when it is closed', async () => {
    const box = new Mailbox<number>(3);
    const taken = box.take();
    box.close();
    expect(await taken).toBeNull();
  });
});
