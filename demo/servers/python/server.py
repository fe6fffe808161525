"""A chat room whose pages miss nothing: Python with Starlette and uvicorn. Run it by `python3 server.py`."""
import asyncio, html, json, os, secrets
from collections import deque, namedtuple
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

Entry = namedtuple("Entry", "id message item")
log = deque(maxlen=100)  # the newest entries, for pages that come back
pages = {}  # the sockets, by the queues of what they are to be sent
epoch = secrets.token_hex(4)  # another in each process: its numbers begin anew
count = 0


def newest():
    return f"{epoch}-{count}"


def frame(id, swap, items):
    return f'<!--id:{id}--><ol id="log" hx-swap-oob="{swap}">{"".join(items)}</ol>'


def missing(last_id):
    """What a page lacks that shows everything up to last_id."""
    ids = [entry.id for entry in log]
    if last_id not in ids:
        return [frame(newest(), "innerHTML", [entry.item for entry in log])]
    return [frame(entry.id, "beforeend", entry.item) for entry in list(log)[ids.index(last_id) + 1 :]]


def say(text, message):
    if message and any(entry.message == message for entry in log):
        return  # it has come before, and the page did not hear of it
    global count
    count += 1
    log.append(Entry(newest(), message, f"<li>{html.escape(text)}</li>"))
    for queue in list(pages):
        push(queue, frame(newest(), "beforeend", log[-1].item))


def push(queue, text):
    if not queue.full():
        queue.put_nowait(text)
    elif queue in pages:  # it reads too slowly, and is to dial again
        asyncio.create_task(pages.pop(queue).close(1013))


def receive(queue, data):
    try:
        message = dict(json.loads(data))
    except (ValueError, TypeError):
        return  # no message of a page
    text, headers = message.get("text"), message.get("HEADERS") or message.get("headers")  # htmx 2, htmx 4
    id = dict(headers or {}).get("HX-Message-ID")
    if message.get("type") == "ping":
        push(queue, '{"type":"pong"}')
    elif not isinstance(text, str) or not 1 <= len(text) <= 1000:
        push(queue, json.dumps({"HX-Nack": id, "reason": "1 to 1000 letters"}))
    else:
        say(text, id)
        push(queue, json.dumps({"HX-Ack": id}))


async def send(socket, queue):
    while True:
        await socket.send_text(await queue.get())


async def chat(socket):
    origin = socket.headers.get("origin")  # pages of other sites have another
    if origin and urlsplit(origin).netloc != socket.headers.get("host"):
        return await socket.close()  # before it is accepted: 403
    await socket.accept()
    queue = asyncio.Queue(1100)
    for text in missing(socket.query_params.get("last-id")):
        queue.put_nowait(text)
    pages[queue] = socket  # nothing is awaited in between: nothing can be said
    sender = asyncio.create_task(send(socket, queue))
    async for data in socket.iter_text():
        receive(queue, data)
    pages.pop(queue, None)
    sender.cancel()


async def index(_):
    return HTMLResponse(f"""<!doctype html><title>Chat</title>
<script src="/js/htmx.min.js"></script><script src="/js/ws.all.min.js"></script>
<main hx-ext="ws" ws-connect="/chat" ws-resume="{newest()}">
  <ol id="log">{"".join(entry.item for entry in log)}</ol>
  <form ws-send ws-ack="10s reset"><input name="text" maxlength="1000"><button>Say</button></form>
</main>""")


class Server(uvicorn.Server):
    async def shutdown(self, sockets=None):
        for server in self.servers:
            server.close()  # pages that dial again come to the next process
        await asyncio.gather(*(socket.close(1012) for socket in pages.values()), return_exceptions=True)
        await super().shutdown(sockets)


scripts = StaticFiles(directory="js", check_dir=False)
app = Starlette(routes=[Route("/", index), WebSocketRoute("/chat", chat), Mount("/js", scripts)])
config = uvicorn.Config(app, port=int(os.environ.get("PORT", 8000)), ws_max_size=65_536, log_level="warning")
Server(config).run()
