// What a browser says of itself, as people call it: enough to know one's own devices again, and no fingerprint.

const BROWSERS: readonly (readonly [RegExp, string])[] = [[/\bEdgA?\//, "Edge"], [/\bOPR\//, "Opera"], [/\bSamsungBrowser\//, "Samsung Internet"], [/\bFirefox\/|\bFxiOS\//, "Firefox"], [/Chrome\/|\bCriOS\//, "Chrome"], [/\bSafari\//, "Safari"]];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [[/\bAndroid\b/, "Android"], [/\biPhone\b|\biPad\b/, "iOS"], [/\bCrOS\b/, "ChromeOS"], [/\bWindows\b/, "Windows"], [/\bMac OS X\b/, "macOS"], [/\bLinux\b/, "Linux"]];

const first = (known: readonly (readonly [RegExp, string])[], agent: string): string | undefined => known.find(([pattern]) => pattern.test(agent))?.[1];

/** Such as «Chrome, Android»; empty where nothing is known. */
export const deviceName = (userAgent: string): string => [first(BROWSERS, userAgent), first(SYSTEMS, userAgent)].filter((part) => part !== undefined).join(", ");
