"""libgmime-3.0, called as a C program does, through ctypes."""

import ctypes
import os

POINTER, TEXT, NUMBER, SIZE = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_size_t
FUNCTIONS = {
    "g_free": (None, POINTER),
    "g_mime_content_type_get_mime_type": (POINTER, POINTER),
    "g_mime_content_type_get_parameters": (POINTER, POINTER),
    "g_mime_content_disposition_get_disposition": (TEXT, POINTER),
    "g_mime_content_disposition_get_parameters": (POINTER, POINTER),
    "g_mime_data_wrapper_write_to_stream": (ctypes.c_ssize_t, POINTER, POINTER),
    "g_mime_header_get_name": (TEXT, POINTER),
    "g_mime_header_get_raw_value": (TEXT, POINTER),
    "g_mime_header_get_value": (TEXT, POINTER),
    "g_mime_header_list_get_count": (NUMBER, POINTER),
    "g_mime_header_list_get_header_at": (POINTER, POINTER, NUMBER),
    "g_mime_message_get_addresses": (POINTER, POINTER, NUMBER),
    "g_mime_message_get_mime_part": (POINTER, POINTER),
    "g_mime_message_part_get_message": (POINTER, POINTER),
    "g_mime_message_part_get_type": (SIZE,),
    "g_mime_multipart_get_count": (NUMBER, POINTER),
    "g_mime_multipart_get_part": (POINTER, POINTER, NUMBER),
    "g_mime_multipart_get_type": (SIZE,),
    "g_mime_object_get_content_disposition": (POINTER, POINTER),
    "g_mime_object_get_content_type": (POINTER, POINTER),
    "g_mime_object_get_header_list": (POINTER, POINTER),
    "g_mime_param_get_name": (TEXT, POINTER),
    "g_mime_param_get_value": (TEXT, POINTER),
    "g_mime_param_list_get_parameter_at": (POINTER, POINTER, NUMBER),
    "g_mime_param_list_length": (NUMBER, POINTER),
    "g_mime_parser_construct_message": (POINTER, POINTER, POINTER),
    "g_mime_parser_new_with_stream": (POINTER, POINTER),
    "g_mime_part_get_content": (POINTER, POINTER),
    "g_mime_part_get_filename": (TEXT, POINTER),
    "g_mime_part_get_type": (SIZE,),
    "g_mime_stream_mem_get_byte_array": (POINTER, POINTER),
    "g_mime_stream_mem_new": (POINTER,),
    "g_mime_stream_mem_new_with_buffer": (POINTER, TEXT, SIZE),
    "g_mime_text_part_get_text": (POINTER, POINTER),
    "g_mime_text_part_get_type": (SIZE,),
    "g_object_unref": (None, POINTER),
    "g_type_check_instance_is_a": (NUMBER, POINTER, SIZE),
    "internet_address_get_name": (TEXT, POINTER),
    "internet_address_group_get_members": (POINTER, POINTER),
    "internet_address_group_get_type": (SIZE,),
    "internet_address_list_get_address": (POINTER, POINTER, NUMBER),
    "internet_address_list_length": (NUMBER, POINTER),
    "internet_address_list_parse": (POINTER, POINTER, TEXT),
    "internet_address_mailbox_get_addr": (TEXT, POINTER),
    "internet_address_mailbox_get_type": (SIZE,),
}


class ByteArray(ctypes.Structure):
    _fields_ = [("data", POINTER), ("len", ctypes.c_uint)]


class Library:
    """Its functions by their names, and what they are put together to. One thread at a time is in it."""

    def __init__(self):
        loaded = ctypes.PyDLL("libgmime-3.0.so.0")
        for name, (result, *arguments) in FUNCTIONS.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
            setattr(self, name, function)
        os.environ["LC_ALL"] = "C"  # what it takes octets of no charset for depends on the locale
        loaded.g_mime_init()

    def is_a(self, thing, kind):
        """kind: as "g_mime_part" is, in the name of its g_mime_part_get_type()."""
        return bool(self.g_type_check_instance_is_a(thing, getattr(self, kind + "_get_type")()))

    def parse(self, octets):
        """A message, to be given back with g_object_unref(); None where it is none."""
        stream = self.g_mime_stream_mem_new_with_buffer(octets, len(octets))
        parser = self.g_mime_parser_new_with_stream(stream)
        self.g_object_unref(stream)
        message = self.g_mime_parser_construct_message(parser, None)
        self.g_object_unref(parser)
        return message

    def headers(self, thing):
        """Of a part or message, in their order."""
        headers = self.g_mime_object_get_header_list(thing)
        for number in range(self.g_mime_header_list_get_count(headers)):
            yield self.g_mime_header_list_get_header_at(headers, number)

    def addresses(self, listed):
        """(group or None, name, address), octets, of an InternetAddressList."""
        for number in range(self.internet_address_list_length(listed)):
            address = self.internet_address_list_get_address(listed, number)
            name = self.internet_address_get_name(address) or b""
            if self.is_a(address, "internet_address_mailbox"):
                yield None, name, self.internet_address_mailbox_get_addr(address) or b""
            elif self.is_a(address, "internet_address_group"):
                yield name, None, None
                for group, *inside in self.addresses(self.internet_address_group_get_members(address)):
                    yield (name if group is None else group, *inside)

    def addresses_in(self, text):
        """The same of a field's octets."""
        listed = self.internet_address_list_parse(None, text)
        if listed:
            yield from self.addresses(listed)
            self.g_object_unref(listed)

    def parameters(self, listed):
        """(name, value) of a GMimeParamList."""
        for number in range(self.g_mime_param_list_length(listed)):
            parameter = self.g_mime_param_list_get_parameter_at(listed, number)
            yield self.g_mime_param_get_name(parameter) or b"", self.g_mime_param_get_value(parameter) or b""

    def content(self, part):
        """The octets of a leaf, decoded."""
        content = self.g_mime_part_get_content(part)
        if not content:
            return b""
        stream = self.g_mime_stream_mem_new()
        self.g_mime_data_wrapper_write_to_stream(content, stream)
        array = ByteArray.from_address(self.g_mime_stream_mem_get_byte_array(stream))
        octets = ctypes.string_at(array.data, array.len) if array.len else b""
        self.g_object_unref(stream)
        return octets

    def taken(self, pointer):
        """The octets of a string that is ours to free."""
        octets = ctypes.string_at(pointer) if pointer else b""
        self.g_free(pointer)
        return octets


def load():
    """None where it isn't installed."""
    try:
        return Library()
    except OSError:
        return None
