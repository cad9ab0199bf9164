/**
 * A DOUBLE as Spark writes it, which is Java's form: `1.0`, `0.001`, `1.0E7`, `1.0E-4`. The digits are the shortest
 * that read back as the same number, as in Java 19 and later.
 */
export function doubleText(value: number): string {
  return javaText(value, (plain) => plain.toExponential());
}

/** A FLOAT likewise, with the shortest digits that give the same 32-bit number. */
export function floatText(value: number): string {
  return javaText(value, (plain) => {
    for (let digits = 0; digits < 9; digits += 1) {
      const text = plain.toExponential(digits);
      if (Math.fround(Number(text)) === Math.fround(plain)) return text;
    }
    return plain.toExponential();
  });
}

function javaText(value: number, shortest: (plain: number) => string): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const plain = Math.abs(value);
  if (plain === Number.POSITIVE_INFINITY) return `${sign}Infinity`;
  if (plain === 0) return `${sign}0.0`;
  const [mantissa = '', exponentText = '0'] = shortest(plain).split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  if (exponent < -3 || exponent >= 7) return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}
