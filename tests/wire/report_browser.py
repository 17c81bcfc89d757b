"""The page of `postern report` in headless Chromium: what is shown is what is in it, nothing is complained of, nothing
is asked of the network, and it fits a telephone and a sheet of paper."""

import http.server
import os
import re
import shutil
import subprocess
import threading

import report_page
from harness import check, same, skip

QUIET = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions", "--hide-scrollbars",
         "--enable-logging=stderr", "--log-level=0", "--force-device-scale-factor=1")
# In a frame as wide as a telephone: the page itself has no script to measure with.
PHONE = ('<!DOCTYPE html><meta charset="utf-8"><iframe id="f" width="%d" height="900" src="page.html"></iframe>'
         '<pre id="said"></pre><script>onload = function () { var d = document.getElementById("f").contentDocument;'
         ' document.getElementById("said").textContent = "width " + d.documentElement.scrollWidth; }</script>')


class Proxy(http.server.BaseHTTPRequestHandler):
    """Whoever wants something of the network comes here."""
    asked = []

    def answer(self):
        self.asked.append(self.requestline)
        self.send_error(404)

    do_GET = do_POST = do_CONNECT = do_HEAD = answer

    def log_message(self, *unused):
        pass


def chromium(folder, proxy, *words):
    profile = os.path.join(folder, "profile")
    done = subprocess.run(("chromium",) + QUIET + ("--user-data-dir=" + profile, "--proxy-server=127.0.0.1:%d" % proxy) + words,
                          capture_output=True, text=True, check=False, timeout=120)
    shutil.rmtree(profile, ignore_errors=True)
    return done


def asked_by_page():
    """What Chromium itself asks of its maker is no fault of the page."""
    return [line for line in Proxy.asked if not re.search(r"google|gvt1|chromium", line)]


def look(run, put, lines, folder):
    if not shutil.which("chromium"):
        skip("no chromium")
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    path = put("for the page", lines)
    page = os.path.join(folder, "page.html")
    run("--html", page, path)
    done = chromium(folder, port, "--dump-dom", "file://" + page)
    same(done.returncode, 0, "Chromium shows the page")
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    same(console, [], "with no word on its console")
    fault = report_page.same_figures(report_page.of_text(run(path)), report_page.of_page(report_page.Page(done.stdout)))
    check(fault is None, "the figures of its DOM are those of the text", fault)
    same(asked_by_page(), [], "nothing is asked of the network")
    for name, leak in (("image", '<img src="http://192.0.2.1/x.png">'), ("script", "<script>console.log('x')</script>")):
        with open(page, encoding="utf-8") as file, open(os.path.join(folder, "leak.html"), "w", encoding="utf-8") as out:
            out.write(file.read().replace("</body>", leak + "</body>"))
        spoilt = chromium(folder, port, "--dump-dom", "file://%s/leak.html" % folder)
        check("CONSOLE" in spoilt.stderr and "Content Security Policy" in spoilt.stderr and not asked_by_page(),
              "and the page forbids one that is slipped in: " + name, spoilt.stderr[-600:])
    for width in (320, 390):
        with open(os.path.join(folder, "phone.html"), "w", encoding="utf-8") as out:
            out.write(PHONE % width)
        done = chromium(folder, port, "--allow-file-access-from-files", "--dump-dom", "file://%s/phone.html" % folder)
        seen = re.search(r"width (\d+)", done.stdout)
        check(seen and int(seen[1]) <= width, "it is no wider than a telephone of %d points" % width, seen and seen[0])
    sheet = os.path.join(folder, "sheet.pdf")
    chromium(folder, port, "--print-to-pdf=" + sheet, "--no-pdf-header-footer", "file://" + page)
    with open(sheet, "rb") as file:
        pages = len(re.findall(rb"/Type\s*/Page\b", file.read()))
    check(1 < pages < 30, "and it can be printed", pages)
    server.shutdown()
