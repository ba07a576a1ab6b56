/** The words of the chair detail in Spanish. */

import type { Words } from "./en";

const vitals: Record<string, string> = {
  heart_rate: "FC",
  pulse_rate: "FP",
  spo2: "SpO2",
  systolic: "SIS",
  diastolic: "DIA",
  mean_pressure: "PAM",
  cuff_pulse_rate: "FP manguito",
  respiration_rate: "FR",
  perfusion_index: "IP",
  etco2: "EtCO2",
  temperature: "Temp",
};
const kinds: Record<string, string> = {
  phase: "Fase",
  visit: "Empieza la visita",
  chair_state: "Sillón",
  baseline: "Valores basales",
  audio_paused: "Audio en pausa",
  audio_resumed: "Audio activo",
  limit_changed: "Límite",
  charted: "Anotado",
  note: "Nota",
  dose: "Dosis",
  command: "Orden al monitor",
};
const phases: Record<string, string> = {
  preparation: "Preparación",
  infusion: "Infusión",
  recovery: "Recuperación",
  watched: "vigilado",
  standby: "en espera",
  empty: "vacío",
  start_nibp: "PA ahora",
};
const measures: Record<string, string> = { spo2: "SpO2", heart_rate: "FC", systolic: "SIS", diastolic: "DIA", mean: "PAM", respiration: "FR", apnea: "Apnea" };
const sides: Record<string, string> = {
  low: "baja",
  very_low: "muy baja",
  high: "alta",
  very_high: "muy alta",
  crisis: "crisis, dos veces",
  at_once: "crisis, en el acto",
  low_deep: "2 por debajo",
  low_deeper: "4 por debajo",
};

export const detail: Words["detail"] = {
  page: { trends: "Curvas", limits: "Límites", history: "Historial de alarmas", why: "Por qué" },
  vital: (name) => vitals[name] ?? name,
  chart: { rate: "Frecuencia cardíaca, lpm", spo2: "SpO2 en %", pressure: "Presión arterial, mmHg" },
  chartSays: (title, least, most) => `${title}: de ${least} a ${most}`,
  chartEmpty: (title) => `${title}: aquí no hay valores`,
  around: (title) => `${title}, en torno a la alarma`,
  noCurve: "No se recuerdan valores de ese momento.",
  minutes: (count) => `${count} min`,
  visit: "Visita",
  earlier: "Antes",
  later: "Después",
  closer: "Menos tiempo",
  farther: "Más tiempo",
  now: "ahora",
  began: "inicio",
  before: (age) => `hace ${age}`,
  ago: (at) => (at === 0 ? "ahora" : at % 60 === 0 ? `${at / 60} min` : `${at} s`),
  lastWas: (value, age) => `último ${Math.round(value)}, hace ${age}`,
  failed: (why) => `El servicio no responde a esto: ${why}`,
  ownLimit: "límites propios",
  visitFor: (age) => `aquí ${age}`,
  endIn: (minutes) => (minutes >= 0 ? `${minutes} min hasta el fin previsto` : `${-minutes} min pasado el fin previsto`),

  mark: (kind, text) => `${kinds[kind] ?? kind}: ${phases[text] ?? text}`.replace(/: $/, ""),
  markShort: (kind, text) => (["phase", "command", "dose"].includes(kind) ? (phases[text] ?? text) : (kinds[kind] ?? kind)),

  why: "¿Por qué?",
  evidence: (value, device, validity, age) =>
    `${value} (${device}, ${validity}, hace ${age})`,
  notJudged: ", ahora no se juzga",
  limit: "Límite",
  limitFrom: "Límite fijado en",
  delay: "Retardo",
  seconds: (count) => `${count} s`,
  held: "Se mantiene",
  heldBack: "Retenida",
  monitorsSay: "Dicen los monitores",

  shelve: "Apartar…",
  shelveNow: "Apartar 30 min",
  unshelve: "Recuperar",
  reason: "¿Por qué?",
  takeBaseline: "Tomar valores basales",
  write: {
    note: { open: "Nota…", label: "Nota, hasta 200 letras", keep: "Guardar la nota" },
    dose: { open: "Dosis…", label: "Lo administrado, por ejemplo ketamina 40 mg", keep: "Marcar la dosis" },
  },
  next: (phase) => `▶ ${phase}`,

  allChairs: "Todos los sillones",
  everyPriority: "Todas",
  table: "Tabla (CSV)",
  noPastAlarms: (age) => `Ninguna alarma en los últimos ${age}.`,
  lasted: (age) => `duró ${age}`,
  stillThere: (age) => `presente desde hace ${age}`,
  peak: (value) => `peor ${value}`,
  notSeen: "nadie respondió",
  seenAfter: (actor, age) => `vista por ${actor} a los ${age}`,

  thisSessionOnly: (profile) => `Solo para esta visita; la siguiente empieza de nuevo con el perfil ${profile}.`,
  limitGroup: {
    spo2: "SpO2",
    heart_rate: "Frecuencia cardíaca",
    systolic: "Sistólica",
    diastolic: "Diastólica",
    mean: "Presión media",
    respiration: "Respiración",
    delays: "Retardos",
  },
  limitName: (key) => {
    const [section, name = ""] = key.split(".");
    const measure = Object.keys(measures).find((each) => name.startsWith(each)) ?? "";
    const side = sides[name.slice(measure.length + 1)] ?? "";
    return `${measures[measure] ?? name} ${side}${section === "delays" ? ", retardo" : ""}`.replace(" ,", ",").trim() || key;
  },
  profileSays: (value) => `perfil: ${value}`,
  inForce: (value) => `ahora ${value}`,
  range: (low, high) => `de ${low} a ${high}`,
  less: "Menos",
  more: "Más",
  back: "Quitar la última cifra",
  trying: "Preguntando qué pasaría…",
  wouldStart: (text, delay) => `Daría alarma: ${text}, ${delay > 0 ? `tras ${delay} s` : "en el acto"}`,
  wouldStop: (text) => `Terminaría: ${text}`,
  nothingWould: "Ninguna alarma empezaría ni terminaría ahora.",
  unchanged: "Es lo que está en vigor.",
  looserNeedsReason: "Menos estricto: menos alarmas o más tarde. ¿Por qué?",
  secondPerson: "Menos estricto que el perfil: ¿qué segunda persona está de acuerdo?",
  setLimit: (name, value) => `Fijar ${name} en ${value}`,
};
