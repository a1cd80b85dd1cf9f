"""What make bench works on: plans from a fixed seed, and events for peers."""

import datetime
import json
import random


def plans(path, count):
    """Bare plans: id, zone and one session."""
    dice = random.Random(1)
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            start = datetime.datetime(2026, 12, 1, 9 + dice.randrange(8)) + \
                datetime.timedelta(days=dice.randrange(300))
            file.write(json.dumps({
                "id": f"client-{i}", "timeZone": "America/Toronto",
                "sessions": [start.strftime("%Y-%m-%dT%H:%M")]}) + "\n")


def crowd(path, count):
    """Plans in one studio: first sessions in two months, and holidays."""
    dice = random.Random(7)
    with open(path, "w", encoding="utf-8") as file:
        for i in range(count):
            day = datetime.date(2027, 1, 5) + \
                datetime.timedelta(days=dice.randrange(60))
            away = [day + datetime.timedelta(days=dice.randrange(20, 90))
                    for _ in range(dice.randrange(4))]
            file.write(json.dumps({
                "id": f"client-{i}", "timeZone": "America/Toronto",
                "away": [f"{start}/{start + datetime.timedelta(days=9)}"
                         for start in away],
                "sessions": [f"{day}T{10 + dice.randrange(5)}:00"]}) + "\n")


def whole(path):
    """How many plans of a file have no warning."""
    with open(path, encoding="utf-8") as file:
        return sum("warnings" not in json.loads(line) for line in file)


def unescaped(text):
    for escape, meant in (("\\\\", "\0"), ("\\n", "\x1f"), ("\\,", ","),
                          ("\\;", ";"), ("\0", "\\")):
        text = text.replace(escape, meant)
    return text


def events(calendar, path):
    """The events of a calendar as plain.c reads them; how many there are."""
    with open(calendar, encoding="utf-8", newline="") as file:
        text = file.read().replace("\r\n ", "")
    count, inside = 0, False
    with open(path, "w", encoding="utf-8") as file:
        for line in text.split("\r\n"):
            name, _, value = line.partition(":")
            if name == "BEGIN":
                inside = inside or value == "VEVENT"
                if value == "VALARM":
                    file.write("ALARM\n")
            elif name == "END":
                if value == "VEVENT":
                    file.write("\n")
                    count += 1
                    inside = False
            elif inside:
                file.write(f"{name.partition(';')[0]}\t{unescaped(value)}\n")
    return count


def export(path, count):
    """Rows of a booking system: 18 columns, two appointments each client."""
    header = ("Start Time", "End Time", "Timezone", "First Name", "Last Name",
              "Phone", "Email", "Type", "Calendar", "Appointment Price",
              "Paid?", "Amount Paid Online", "Certificate Code", "Notes",
              "Date Scheduled", "Label", "Scheduled By", "Appointment ID")
    first = datetime.datetime(2026, 1, 1, 10)
    with open(path, "w", encoding="utf-8") as file:
        for cells in (header, *(
                (f"{start:%B} {start.day}, {start:%Y} {hour}:00 am",
                 f"{start:%B} {start.day}, {start:%Y} {hour}:45 am",
                 "America/Toronto", f"Jo{i // 2}", "Field",
                 f"'+1416{i // 2:07}", f"jo{i // 2}@example.org",
                 "SMP Session", "Mia", "400.00", "no", "0.00", "", "",
                 "2025-12-01", "", "", str(i))
                for i in range(count)
                for start in (first + datetime.timedelta(days=i % 365),)
                for hour in (8 + i % 4,))):
            file.write(",".join(f'"{cell}"' for cell in cells) + "\n")
