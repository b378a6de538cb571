// Reads a part of the page aloud by the phone's own voice. Voices that a server elsewhere speaks with are not taken: what
// somebody complains of is nobody else's to hear. Without a voice of its own for the language there is no button.
import { all } from "./page.ts";

const LETTERS_MAX = 160; // some browsers fall silent in the middle of more
const HANGUL = /[가-힣]/;

/** A text in pieces that end with their sentences, none longer than a voice can hold. */
export function pieces(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split(/\n+/)) {
    let piece = "";
    for (const sentence of line.match(/[^.!?。]+[.!?。]*\s*/g) ?? []) {
      for (let rest = sentence; rest; rest = rest.slice(LETTERS_MAX)) {
        const part = rest.slice(0, LETTERS_MAX);
        if (piece.length + part.length > LETTERS_MAX) {
          found.push(piece.trim());
          piece = "";
        }
        piece += part;
      }
    }
    found.push(piece.trim());
  }
  return found.filter((piece) => piece !== "");
}

/** The language of a piece: Korean where it has Korean letters, else the page's. */
export function languageOf(piece: string, page: string): string {
  return HANGUL.test(piece) ? "ko" : page || "ko";
}

function voiceFor(language: string): SpeechSynthesisVoice | undefined {
  const ours = speechSynthesis.getVoices().filter((voice) => voice.localService);
  return ours.find((voice) => voice.lang.toLowerCase().startsWith(language));
}

export function readAloud(): void {
  const page = document.documentElement.lang;
  let speaking: HTMLButtonElement | null = null;
  const stop = () => {
    speaking?.setAttribute("aria-pressed", "false");
    speaking = null;
    speechSynthesis.cancel();
  };
  const start = (button: HTMLButtonElement, text: string) => {
    stop();
    speaking = button;
    button.setAttribute("aria-pressed", "true");
    const said = pieces(text);
    said.forEach((piece, place) => {
      const utterance = new SpeechSynthesisUtterance(piece);
      const language = languageOf(piece, page);
      utterance.lang = language === "ko" ? "ko-KR" : language;
      utterance.voice = voiceFor(language) ?? null;
      if (!utterance.voice) return; // never by somebody else's server
      if (place === said.length - 1) utterance.addEventListener("end", () => speaking === button && stop());
      speechSynthesis.speak(utterance);
    });
  };
  // The buttons are asked for anew each time: an open page exchanges its parts when something has happened.
  const offer = () => {
    for (const button of all<HTMLButtonElement>("[data-aloud]")) {
      const text = document.getElementById(button.dataset["aloud"] ?? "")?.innerText ?? "";
      button.hidden = !pieces(text).some((piece) => voiceFor(languageOf(piece, page)));
    }
  };
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>("[data-aloud]") : null;
    if (!button) return;
    const text = document.getElementById(button.dataset["aloud"] ?? "")?.innerText ?? "";
    if (speaking === button) stop();
    else start(button, text);
  });
  const main = document.querySelector("main");
  if (main) new MutationObserver(offer).observe(main, { childList: true, subtree: true });
  addEventListener("pagehide", stop);
  speechSynthesis.addEventListener?.("voiceschanged", offer); // voices come late in some browsers
  offer();
}
