// make bench: the same calendars with ical.js or ical-generator; see plain.c.
// node peer.js ical.js|ical-generator < events
"use strict";
const fs = require("fs");
const which = process.argv[2];
const library = require(which);
const ICAL = library.default || library;

function withIcalJs(fields) {
    const event = new ICAL.Component("vevent");
    let into = event;
    for (const [name, value] of fields) {
        if (name === "ALARM") {
            into = new ICAL.Component("valarm");
            event.addSubcomponent(into);
        } else if (/^(DT|LAST)/.test(name)) {
            const iso = value.replace(/^(....)(..)(..)/, "$1-$2-$3")
                .replace(/T(..)(..)(..)/, "T$1:$2:$3");
            into.addPropertyWithValue(name.toLowerCase(),
                ICAL.Time.fromString(iso));
        } else {
            into.addPropertyWithValue(name.toLowerCase(), value);
        }
    }
    return event.toString() + "\r\n";
}

function withGenerator(fields) {
    const of = new Map(fields);
    const date = (value) => new Date(value
        .replace(/^(....)(..)(..)/, "$1-$2-$3")
        .replace(/T(..)(..)(..)/, "T$1:$2:$3"));
    const calendar = (library.default || library.ICalCalendar)();
    calendar.createEvent({
        id: of.get("UID"), summary: of.get("SUMMARY"),
        start: date(of.get("DTSTART")), end: date(of.get("DTEND")),
        allDay: of.get("DTSTART").length === 8,
        description: of.get("DESCRIPTION"),
    });
    return calendar.toString();
}

const make = which === "ical.js" ? withIcalJs : withGenerator;
for (const event of fs.readFileSync(0, "utf8").split("\n\n"))
    if (event)
        process.stdout.write(make(event.split("\n").map((line) =>
            line.replace(/\x1f/g, "\n").split("\t"))));
