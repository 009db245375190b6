import type { CourseEntry } from "@mochila/shared/courses/entry.ts";
import { afterEach, expect, it } from "vitest";
import { chooseLanguage } from "../../i18n/language.ts";
import { seatsBefore, seatsNow, withSeats } from "./seats.ts";

afterEach(() => chooseLanguage("en"));

const entry = (seats: number | null, students: number, waiting = 0): CourseEntry => ({
  code: null, codeEndsAt: null, open: false, seats, placeEndsAt: null, students, waiting: Array.from({ length: waiting }, () => ({ userId: "0198c0de-0000-7000-8000-000000000001", name: "N", since: 0 })),
});
const both = <Said>(say: () => Said): Said[] =>
  (["en", "es"] as const).map((lang) => {
    chooseLanguage(lang);
    return say();
  });

it("EN3 says before that students are added beyond the seats, and that they get in", () => {
  expect(both(() => seatsBefore(entry(30, 27), 5))).toEqual([
    { text: "3 of 30 seats are free. You are adding 5 students, and all of them get in all the same.", isOver: true },
    { text: "Quedan libres 3 de 30 lugares. Estás añadiendo a 5 estudiantes, y entran todos igualmente.", isOver: true },
  ]);
  expect(both(() => seatsBefore(entry(30, 32, 2), 1)?.text)).toEqual([
    "All 30 seats are taken. You are adding 1 student, who gets in all the same. 2 people are waiting for a seat; whom you add goes ahead of them.",
    "Los 30 lugares están ocupados. Estás añadiendo a 1 estudiante, que entra igualmente. 2 personas esperan un lugar; quien añadas entra antes.",
  ]);
  expect(both(() => seatsBefore(entry(30, 27), 3))).toEqual([{ text: "3 of 30 seats are free.", isOver: false }, { text: "Quedan libres 3 de 30 lugares.", isOver: false }]);
  expect([seatsBefore(entry(null, 900), 5), seatsBefore(entry(30, 30), 0), seatsBefore(null, 5), seatsBefore(undefined, 5)]).toEqual([null, null, null, null]);
});

it("EN3 says after how many the course has", () => {
  expect(both(() => withSeats("Ben is in.", entry(30, 32)))).toEqual(["Ben is in. The course now has 32 students and 30 seats.", "Ben is in. El curso tiene ahora 32 estudiantes y 30 lugares."]);
  expect(both(() => seatsNow(entry(30, 29)))).toEqual(["29 of 30 seats are taken now.", "Ahora están ocupados 29 de 30 lugares."]);
  expect([withSeats("Ben is in.", entry(null, 32)), withSeats("Ben is in.", null)]).toEqual(["Ben is in.", "Ben is in."]);
});
