import { expect, test } from 'vitest';

import { gigabytes, system } from '../src/main/system';

test('sizes are rounded to a tenth', () => {
  expect(gigabytes(2 ** 30)).toBe('1.0 GB');
  expect(gigabytes(1.55 * 2 ** 30)).toBe('1.6 GB');
});

test('the machine has a core', () => {
  expect(system().cores).toBeGreaterThan(0);
});
