-- Rows as version 5 wrote them: one of each table.
insert into version values (5, 1795132000, '0.1.0');
insert into meta values ('zone', 'Europe/Paris'), ('newest', 1795132900);
insert into queue values (1, 'sales');
insert into agent values (1, 'Ann');
insert into word values (1, 'lunch');
-- 2026-11-20 00:00:12 UTC, id 1795132810.5, 0612345678, answered after 5 s,
-- talked 60 s: distance to the id's second 2 in the blob.
insert into stint values (1795132812 << 12, 1, 1, 33, 5, 60, 612345678 << 4 | 1, 5, x'0004');
insert into session values (1795132800 << 16, 1, 3600, null, 1, 0);
insert into membership values (1795132800 << 16, 1, 1, 3600, 1, 0);
insert into pause values (1795133000 << 16, 1, null, 60, 1, 3, 0);
insert into log_position values (1, 2049, 12345, -1, 256, 4711, 1795132900);
insert into counter values ('lines', 7);
insert into odd_line values (1, 1795132800, 1, 'FOO', x'00ff');
insert into account values
    (1, 'admin', 'Admin', 1, 1, 1, 2, 1, null, 1, 0, x'00', x'00', 1, 1, 1, 1795132800, null);
insert into audit values (1, 1795132800, 'console', '', 'account.create', 'admin', null, null);
insert into kiosk values (1, zeroblob(32), 1, 'Hall', 0, 1795132800, null);
insert into kiosk_queue values (1, 'sales');
insert into saved_view values (1, 'My week', '/calls?p=week');
insert into chosen_columns values (1, 'calls', 'time,who');
insert into recording values
    (1795132812 << 12, '1795132810.5', null, null, 'sales', 'Ann', '0612345678', 1, 1795132872, 1,
     '2026/11/20/7352864002048.wav.age', 0, 1, 3, null, 'pcm_s16le', 8000, 1, 60000, 960044,
     zeroblob(32), 961000, zeroblob(32), '0123456789abcdef', x'0a0a', null, 0, null);
insert into recording_wave values (1795132812 << 12, x'00');
insert into recording_marker values (1, 1795132812 << 12, 5000, 0, 'greeting', 2, 'admin', 1795133000);
insert into recording_listen values
    (1, 1795132812 << 12, 'admin', '192.0.2.1', 1795133000, 1, x'0a0a');
insert into recording_key values ('0123456789abcdef', 'age1x', 1, 1795132000, null, null);
insert into recording_hold values
    (1, 1795132812 << 12, null, null, null, null, null, 'claim', 'admin', 1795133000, null, null, null);
insert into recording_erasure values ('e1', 1795133000, 'admin', 'asked for', 1, 0, 1, 0);
insert into recording_erased values ('e1', 1795132812 << 12, zeroblob(32));
insert into recording_manifest values (20777, 1, zeroblob(32), zeroblob(32), x'00', 1795133000);
