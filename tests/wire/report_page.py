"""Reads the report, as text and as HTML, into the same figures."""

import html.parser
import re

VOID = ("meta", "link", "rect")


class Page(html.parser.HTMLParser):
    """Elements in a tree: (tag, attributes, children, where children are elements or texts)."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.root = ("root", {}, [])
        self.open = [self.root]
        self.faults = []
        self.feed(text)
        self.close()
        if len(self.open) > 1:
            self.faults.append("not closed: " + self.open[-1][0])

    def handle_starttag(self, tag, attrs):
        element = (tag, dict(attrs), [])
        self.open[-1][2].append(element)
        if tag not in VOID or (tag == "rect" and not self.get_starttag_text().endswith("/>")):
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1][2].append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        if self.open[-1][0] != tag:
            self.faults.append("</%s> ends <%s>" % (tag, self.open[-1][0]))
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data):
        self.open[-1][2].append(data)


def text_of(element):
    if isinstance(element, str):
        return element
    return "".join(text_of(child) for child in element[2])


def walk(element):
    yield element
    for child in element[2]:
        if not isinstance(child, str):
            yield from walk(child)


def find(element, tag, **attributes):
    return [each for each in walk(element) if each[0] == tag and
            all(each[1].get(name.rstrip("_")) == value for name, value in attributes.items())]


def number(text):
    return int(text.replace("\u202f", ""))


def cells(row):
    return [text_of(cell) for cell in find(row, "td")]


def of_page(page):
    """The figures of a page."""
    tables = {table[1].get("id"): [cells(row) for row in find(table, "tr")[1:]] for table in find(page.root, "table")}
    sections = []
    for section in find(page.root, "section"):
        head = re.fullmatch(r"(\S+) (\S+) ([0-9\u202f]+)", text_of(find(section, "h3")[0]))
        whom = {table[1]["class"]: [(name, number(count)) for name, count in map(cells, find(table, "tr")[1:])]
                for table in find(section, "table")}
        days = {}
        for title in find(section, "title"):
            day, count = re.fullmatch(r"(\S+): (\d+) \S+", text_of(title)).groups()
            days[day] = int(count)
        sections.append((head[1], head[2], number(head[3]), whom, days, [text_of(each) for each in find(section, "code")]))
    return {
        "verdicts": number(text_of(find(find(page.root, "div", id="all")[0], "b")[0])),
        "rules": [(rule, verb, number(count), first, last) for rule, verb, count, _, first, last in tables.get("rules", [])],
        "days": [[day] + [number(each) for each in rest] for day, *rest in tables.get("days", [])],
        "sections": sections,
        "silent": [text_of(item) for item in find(page.root, "li")],
    }


def table_of(text, head):
    lines = text.split("\n")
    at = [i for i, line in enumerate(lines) if line.startswith(head)]
    if not at:
        return []
    rows = lines[at[0] + 1:]
    return [line.split() for line in rows[:rows.index("")]]


def section_of(block):
    head, *lines = block.rstrip("\n").split("\n")
    rule, verb, count = re.fullmatch(r"(\S+) \((\S+)\) (\d+)", head).groups()
    whom, days, examples = {}, {}, []
    for line in lines:
        name, rest = line[2:13].strip(), line[13:]
        if name == "days":
            days = {day: int(each) for day, each in (item.rsplit(" ", 1) for item in rest.split(", "))}
        elif name in ("newest", ""):
            examples.append(rest)
        else:
            whom[name] = [(each, int(number_)) for each, number_ in (item.rsplit(" ", 1) for item in rest.split(", "))]
    return rule, verb, int(count), whom, days, examples


def of_text(text):
    """The figures of the report as text."""
    blocks = [block for block in text.split("\n\n") if re.match(r"\S+ \(\S+\) \d+\n", block)]
    silent = re.search(r"RULES THAT NO LINE NAMES: \d+\n((?:  .*\n)*)", text)
    return {
        "verdicts": int(re.match(r"(\d+) verdicts?", text)[1]),
        "rules": [(rule, verb, int(count), first, last) for rule, verb, count, _, first, last in table_of(text, "RULE ")],
        "days": [[day] + [int(each) for each in rest] for day, *rest in table_of(text, "DAY ")],
        "sections": [section_of(block) for block in blocks],
        "silent": silent[1].split() if silent else [],
    }


def same_figures(text, page):
    """None, or where a page differs from the text; of a rule's days the text has the newest."""
    for name in "verdicts", "rules", "days", "silent":
        if text[name] != page[name]:
            return name, text[name], page[name]
    for ours, theirs in zip(text["sections"], page["sections"]):
        before = ours[4].pop("before", 0)
        known = {day: count for day, count in theirs[4].items() if day in ours[4]}
        ours[4].pop("unknown", 0)
        if ours[:4] + ours[5:] != theirs[:4] + theirs[5:] or known != ours[4] or \
                sum(theirs[4].values()) != sum(ours[4].values()) + before:
            return ours, theirs
    return None if len(text["sections"]) == len(page["sections"]) else "sections"
