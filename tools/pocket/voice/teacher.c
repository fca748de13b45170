/* Writes down what flite's statistical voice "rms" would say, as numbers.
 *
 *     teacher < sentences.txt > parameters.bin          (one sentence a line)
 *
 * For every line, little-endian, in this order:
 *     int32 phones                                      (0: flite refused the line, nothing follows)
 *     phones x { char name[8]; float end; }             (end of the phone in seconds)
 *     int32 frames, int32 channels, int32 strengths
 *     frames x channels float                           (F0 in Hz or 0, then mel-cepstrum c0..c24)
 *     frames x strengths float                          (voicing strength of each band)
 *
 * Build: cc -O2 -o teacher teacher.c -lflite_cmu_us_rms -lflite_usenglish -lflite_cmulex -lflite -lm
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <flite/cst_cg.h>
#include <flite/flite.h>

enum { NAME_BYTES = 8, LINE_BYTES = 4096 };

/* flite resynthesizes a waveform that nobody here listens to. A high value of its speed parameter makes it use
 * a shorter filter for that; the parameter track is made before and does not change. */
enum { UNHEARD_SPEED = 20 };

cst_voice *register_cmu_us_rms(const char *voxdir);

static void put_int(int32_t value) { fwrite(&value, sizeof value, 1, stdout); }

static void put_rows(const cst_track *track) {
    for (int i = 0; i < track->num_frames; i++)
        fwrite(track->frames[i], sizeof(float), track->num_channels, stdout);
}

static void put_phones(const cst_utterance *utterance) {
    const cst_item *first = relation_head(utt_relation(utterance, "Segment"));
    int32_t count = 0;
    for (const cst_item *s = first; s; s = item_next(s)) count++;
    put_int(count);
    for (const cst_item *s = first; s; s = item_next(s)) {
        char name[NAME_BYTES] = {0};
        float end = item_feat_float(s, "end");
        strncpy(name, item_feat_string(s, "name"), NAME_BYTES - 1);
        fwrite(name, 1, NAME_BYTES, stdout);
        fwrite(&end, sizeof end, 1, stdout);
    }
}

static void put_parameters(const cst_utterance *utterance) {
    cst_cg_db *db = val_cg_db(feat_val(utterance->features, "cg_db"));
    const cst_track *strengths = val_track(feat_val(utterance->features, "str_track"));
    /* The stored track still holds means and deviations; MLPG turns them into the smooth trajectory. */
    cst_track *smooth = mlpg(val_track(feat_val(utterance->features, "param_track")), db);
    put_int(smooth->num_frames);
    put_int(smooth->num_channels);
    put_int(strengths->num_channels);
    put_rows(smooth);
    put_rows(strengths);
    delete_track(smooth);
}

int main(void) {
    char line[LINE_BYTES];
    flite_init();
    cst_voice *voice = register_cmu_us_rms(NULL);
    feat_set_int(voice->features, "mlsa_speed_param", UNHEARD_SPEED);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        cst_utterance *utterance = flite_synth_text(line, voice);
        if (!utterance) {
            put_int(0);
            continue;
        }
        put_phones(utterance);
        put_parameters(utterance);
        delete_utterance(utterance);
    }
    return 0;
}
