"""A lean HTTP/1.1 client over asyncio: connections that are kept, TLS, proxies. Knows nothing of Twilio.

aiohttp's client costs twice the CPU for a read, and a tenth of a second to import. This one does what we need and no
more: one request at a time on a connection, the whole answer in memory up to a limit, no redirects, no cookies. It
never sends anything twice: whoever asks knows whether that is safe.
"""
