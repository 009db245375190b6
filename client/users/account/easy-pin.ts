/** What whoever stands beside tries first: the same step from each digit to the next (0000, 1234, 8642), and a part that is said again (1212). */
export function isEasyPin(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10));
  return steps.size <= 1 || /^(.{1,4})\1+$/u.test(pin);
}
