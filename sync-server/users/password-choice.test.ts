import { CodedError } from "@mochila/shared/errors.ts";
import { describe, expect, test } from "vitest";
import { checkChoice } from "./password-choice.ts";

const chooser = { email: "sofia.ramirez@lake.example", name: "Sofía Ramírez" };

function problemOf(password: string): unknown {
  try {
    checkChoice(password, chooser);
    return null;
  } catch (error) {
    return error instanceof CodedError && error.code === "invalid_input" && error.more.details?.["field"] === "password" ? error.more.details["problem"] : error;
  }
}

describe("U10 a password that is guessed first is refused", () => {
  test.each(["12345678", "123456789", "87654321", "1234-5678", "abcdefgh", "11111111", "abababab", "12341234", "!!!!!!!!", "password", "Password1", "PASSWORD123!", "contraseña", "Contrasena2026", "qwerty123", "qwertyui", "hola1234", "mochila2026", "Admin1234", "1q2w3e4r"])(
    "%s: many have it", (password) => expect(problemOf(password)).toBe("common"),
  );
  test.each(["sofia.ramirez@lake.example", "sofia.ramirez", "Sofia2026", "sofía ramírez", "SofiaRamirez1", "ramirez123!", "lake2026"])("%s: it is theirs", (password) => expect(problemOf(password)).toBe("own"));
  test.each(["correct horse", "battery staple", "mochila-demo", "first password", "la mochila de mi abuela", "Xk29!fq0", "ñandúes y llamas", "sofia likes rain", "$%&/()=?"])("%s: taken", (password) => expect(problemOf(password)).toBeNull());
});
